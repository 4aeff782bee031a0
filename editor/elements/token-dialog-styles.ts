import { css, type CSSResult } from 'lit'

export const tokenDialogStyles: CSSResult = css`
  textarea.plain {
    font-family: inherit;
  }
  .parts {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr));
    gap: 0.75rem;
    align-items: start;
  }
  .layer {
    padding: 0.75rem;
    border: 1px solid var(--yt-line);
    border-radius: var(--yt-radius);
  }
  .preview {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    min-height: 2rem;
    color: var(--yt-text-2);
  }
`
