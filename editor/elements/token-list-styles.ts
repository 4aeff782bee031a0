import { css, type CSSResult } from 'lit'

export const tokenListStyles: CSSResult = css`
  :host {
    display: block;
    position: relative;
    min-height: 0;
    container-type: inline-size;
  }
  .grid {
    position: absolute;
    inset: 0;
    overflow: auto;
    overscroll-behavior: contain;
    /* The list keeps its place itself when rows come and go above. */
    overflow-anchor: none;
  }
  .body {
    position: relative;
  }
  .probe {
    position: absolute;
    visibility: hidden;
  }
  .probe,
  .line {
    height: var(--yt-row);
  }
  .head,
  .line {
    display: grid;
    grid-template-columns: minmax(9rem, 5fr) minmax(9rem, 7fr) 8rem 4.25rem;
    align-items: center;
    column-gap: 0.75rem;
    padding-inline: 0.75rem 0.5rem;
    min-width: 0;
  }
  .head {
    position: sticky;
    inset-block-start: 0;
    z-index: 2;
    height: 1.75rem;
    border-bottom: 1px solid var(--yt-line);
    background: var(--yt-ground);
    color: var(--yt-text-2);
    font-size: 0.9375em;
  }
  .line {
    position: absolute;
    inset-inline: 0;
    border-bottom: 1px solid var(--yt-line);
    cursor: default;
  }
  .line:hover {
    background: var(--yt-ground-2);
  }
  .line[aria-selected='true'] {
    background: var(--yt-accent-weak);
  }
  .line:focus-visible {
    outline: var(--yt-ring);
    outline-offset: -2px;
    z-index: 1;
  }
  .line.group .label {
    font-weight: 600;
  }
  .line.set {
    background: var(--yt-ground-2);
    font-weight: 600;
  }
  .name,
  .value {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    min-width: 0;
  }
  .name {
    gap: 0.25rem;
    padding-inline-start: calc((var(--level) - 1) * 1rem);
  }
  .fold {
    width: 1.5rem;
    height: 1.5rem;
    min-width: 1.5rem;
    min-height: 1.5rem;
    padding: 0.25rem;
    border-color: transparent;
    background: none;
    color: var(--yt-text-2);
    flex: none;
  }
  .fold.none {
    visibility: hidden;
  }
  .label,
  .text,
  .type {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .label {
    font-weight: 400;
  }
  .text {
    font-family: var(--yt-mono);
    font-size: 0.9375em;
  }
  .reference {
    padding: 0.0625rem 0.25rem;
    border-radius: 4px;
    background: var(--yt-ground-3);
    color: var(--yt-text);
  }
  .line[aria-selected='true'] .reference {
    background: var(--yt-ground);
  }
  /* A long reference gives way to what it comes to. */
  .result {
    flex: none;
    max-width: 50%;
    color: var(--yt-text-2);
  }
  .wrong {
    display: inline-flex;
    align-items: center;
    gap: 0.25rem;
    min-width: 0;
    color: var(--yt-problem);
  }
  .wrong > span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .type,
  .count {
    color: var(--yt-text-2);
  }
  .count {
    font-variant-numeric: tabular-nums;
    margin-inline-start: 0.25rem;
  }
  .actions {
    display: flex;
    justify-content: end;
    visibility: hidden;
  }
  .line:hover .actions,
  .line:focus-within .actions,
  .line[aria-selected='true'] .actions {
    visibility: visible;
  }
  .actions button {
    color: var(--yt-text-2);
  }
  .here {
    display: inline-grid;
    place-items: center;
    min-width: 1.25rem;
    height: 1.25rem;
    padding: 0 0.25rem;
    border-radius: 1rem;
    font-size: 0.75em;
    font-weight: 700;
    flex: none;
    forced-color-adjust: none;
  }
  .nothing {
    padding: 2rem 1rem;
    color: var(--yt-text-2);
    text-align: center;
  }
  @media (forced-colors: active) {
    .line[aria-selected='true'] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
  @media (hover: none) {
    .actions {
      visibility: visible;
    }
  }
  /* On narrow ground a row has two lines: the name, and below it the value. */
  @container (max-width: 36rem) {
    .probe,
    .line.token {
      height: 3.25rem;
    }
    .line {
      height: 3.25rem;
      grid-template-columns: minmax(0, 1fr) auto;
      row-gap: 0;
      align-content: center;
    }
    .head {
      display: none;
    }
    .line .type {
      display: none;
    }
    .line .value {
      grid-row: 2;
      grid-column: 1;
      padding-inline-start: calc((var(--level) - 1) * 1rem + 1.75rem);
    }
    .line .actions {
      grid-row: 1 / span 2;
      grid-column: 2;
    }
    .line:not(.token) {
      align-content: center;
    }
  }
`
