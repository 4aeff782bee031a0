import { css, type CSSResult } from 'lit'

/** Swatches. `forced-color-adjust: none` keeps the colours that are content, with a line of the system's own around them. */
export const swatchStyles: CSSResult = css`
  /* All as wide, so that the texts beside them stand in a column. */
  .swatch {
    display: inline-grid;
    place-items: center;
    width: 2.25rem;
    height: 1.375rem;
    flex: none;
    border-radius: 4px;
    overflow: hidden;
  }
  .swatch.color,
  .swatch.gradient {
    forced-color-adjust: none;
    border: 1px solid light-dark(#1a1e2633, #ffffff40);
  }
  .swatch.color.clear {
    background-image: repeating-conic-gradient(#b9bec8 0 25%, #ffffff 0 50%);
    background-size: 8px 8px;
  }
  .swatch.color > span,
  .swatch.gradient > span {
    width: 100%;
    height: 100%;
  }
  .swatch.bar,
  .swatch.opacity {
    justify-items: start;
    border-radius: 2px;
    background: var(--yt-ground-3);
  }
  .swatch.bar > span,
  .swatch.opacity > span {
    height: 0.5rem;
    max-width: 100%;
    min-width: 1px;
    background: var(--yt-accent);
    border-radius: 1px;
  }
  .swatch.radius {
    place-items: start;
  }
  .swatch.radius > span {
    width: 2.5rem;
    height: 2.5rem;
    margin: 0.25rem 0 0 0.25rem;
    border: 2px solid var(--yt-accent);
    border-end-end-radius: 0;
    border-start-end-radius: 0;
    border-end-start-radius: 0;
  }
  .swatch.text {
    height: 1.75rem;
    line-height: 1.75rem;
    white-space: nowrap;
  }
  .swatch.shadow {
    height: 1.75rem;
    overflow: hidden;
    background: light-dark(#f6f7f9, #d6d9e0);
    forced-color-adjust: none;
  }
  .swatch.shadow > span {
    width: 1.25rem;
    height: 0.875rem;
    border-radius: 3px;
    background: #ffffff;
  }
  .swatch.border > span {
    width: 2rem;
    height: 1.25rem;
    border-radius: 3px;
    forced-color-adjust: none;
  }
`
