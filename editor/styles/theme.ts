import { css, type CSSResult } from 'lit'

/**
 * The editor's own design tokens. A page that embeds the editor may set any `--yt-…` on the element, and `color-scheme` to
 * force light or dark. Text on its ground has a contrast of at least 4.5, lines of controls at least 3.
 */
export const theme: CSSResult = css`
  :host {
    color-scheme: light dark;
    --yt-font: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
    --yt-mono: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace;

    --yt-ground: light-dark(#ffffff, #15171c);
    --yt-ground-2: light-dark(#f6f7f9, #1b1e24);
    --yt-ground-3: light-dark(#eceef2, #262a32);
    --yt-raised: light-dark(#ffffff, #21252c);
    --yt-text: light-dark(#1a1e26, #e8eaef);
    --yt-text-2: light-dark(#576071, #a7afbd);
    --yt-line: light-dark(#e2e5eb, #2c313a);
    --yt-line-control: light-dark(#858d9b, #757d8b);

    --yt-accent: light-dark(#2f4bc7, #9fb0ff);
    --yt-accent-strong: light-dark(#2f4bc7, #4a65e6);
    --yt-on-accent: #ffffff;
    --yt-accent-weak: light-dark(#e8ecfc, #262d4a);

    --yt-ok: light-dark(#176c41, #63d29c);
    --yt-ok-weak: light-dark(#e3f4ea, #1b3328);
    --yt-warning: light-dark(#855300, #f0bd5b);
    --yt-warning-weak: light-dark(#fdf1d8, #3a2e16);
    --yt-problem: light-dark(#b3261e, #ff9a90);
    --yt-problem-weak: light-dark(#fdeae8, #43211f);

    --yt-radius: 6px;
    --yt-shadow: 0 1px 2px light-dark(#1a1e2614, #00000066), 0 8px 28px light-dark(#1a1e2629, #00000080);
    --yt-row: 2rem;
    --yt-ring: 2px solid var(--yt-accent);
  }
`
