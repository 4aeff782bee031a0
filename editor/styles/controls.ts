import { css, type CSSResult } from 'lit'

/** Buttons, fields and small text, the same in every element. Nothing that can be pressed is smaller than 24 px. */
export const controls: CSSResult = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  .icon {
    width: 1rem;
    height: 1rem;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.5;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  button,
  input,
  select,
  textarea {
    font: inherit;
    color: inherit;
    letter-spacing: inherit;
  }
  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.375rem;
    min-width: 1.75rem;
    min-height: 1.75rem;
    padding: 0.1875rem 0.625rem;
    border: 1px solid var(--yt-line-control);
    border-radius: var(--yt-radius);
    background: var(--yt-raised);
    text-align: start;
    cursor: pointer;
  }
  button:hover:not(:disabled) {
    background: var(--yt-ground-3);
  }
  button:disabled {
    color: var(--yt-text-2);
    border-color: var(--yt-line);
    background: none;
    cursor: not-allowed;
  }
  button.quiet {
    border-color: transparent;
    background: none;
  }
  button.quiet:hover:not(:disabled) {
    background: var(--yt-ground-3);
  }
  button.icon-only {
    padding: 0.1875rem;
  }
  button.primary {
    border-color: var(--yt-accent-strong);
    background: var(--yt-accent-strong);
    color: var(--yt-on-accent);
  }
  button.primary:hover:not(:disabled) {
    background: color-mix(in oklab, var(--yt-accent-strong), #000 12%);
  }
  button.primary:disabled {
    border-color: var(--yt-line);
    background: var(--yt-ground-3);
    color: var(--yt-text-2);
  }
  button.danger {
    color: var(--yt-problem);
    border-color: currentColor;
  }
  :is(button, input, select, textarea, a, summary, [tabindex]):focus-visible {
    outline: var(--yt-ring);
    outline-offset: 1px;
  }
  input:not([type='checkbox'], [type='radio'], [type='color'], [type='file']),
  select,
  textarea {
    width: 100%;
    min-height: 1.875rem;
    padding: 0.25rem 0.5rem;
    border: 1px solid var(--yt-line-control);
    border-radius: var(--yt-radius);
    background: var(--yt-ground);
  }
  :is(input, select, textarea):disabled,
  :is(input, textarea):read-only {
    background: var(--yt-ground-2);
    border-color: var(--yt-line);
  }
  input::placeholder,
  textarea::placeholder {
    color: var(--yt-text-2);
    opacity: 1;
  }
  input[aria-invalid='true'],
  textarea[aria-invalid='true'] {
    border-color: var(--yt-problem);
    outline-color: var(--yt-problem);
  }
  input[type='checkbox'],
  input[type='radio'] {
    width: 1.125rem;
    height: 1.125rem;
    margin: 0;
    flex: none;
    accent-color: var(--yt-accent-strong);
  }
  input[type='color'] {
    width: 2.25rem;
    height: 1.875rem;
    padding: 2px;
    border: 1px solid var(--yt-line-control);
    border-radius: var(--yt-radius);
    background: var(--yt-ground);
    flex: none;
  }
  textarea {
    resize: vertical;
    font-family: var(--yt-mono);
    line-height: 1.5;
  }
  label,
  .label {
    display: block;
    font-weight: 600;
  }
  label.choice {
    display: flex;
    align-items: flex-start;
    gap: 0.5rem;
    min-height: 1.5rem;
    font-weight: 400;
    cursor: pointer;
  }
  fieldset {
    margin: 0;
    padding: 0;
    border: 0;
    min-width: 0;
  }
  legend {
    padding: 0;
    font-weight: 600;
    margin-block-end: 0.25rem;
  }
  .field {
    display: grid;
    gap: 0.25rem;
    min-width: 0;
  }
  .stack {
    display: grid;
    gap: 0.875rem;
    min-width: 0;
  }
  .choices {
    display: grid;
    gap: 0.25rem;
  }
  /* A live region that has nothing to say yet takes no room, and stays known to screen readers. */
  .stack > :is([role='alert'], [role='status']):empty {
    position: absolute;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem;
  }
  .row.end {
    justify-content: flex-end;
  }
  .grow {
    flex: 1;
    min-width: 0;
  }
  .hint {
    margin: 0;
    color: var(--yt-text-2);
  }
  .problem {
    margin: 0;
    color: var(--yt-problem);
  }
  .note {
    margin: 0;
    padding: 0.5rem 0.75rem;
    border-inline-start: 3px solid var(--yt-line-control);
    border-radius: 3px;
    background: var(--yt-ground-2);
  }
  .note.warning {
    border-color: var(--yt-warning);
    background: var(--yt-warning-weak);
  }
  .note.problem {
    border-color: var(--yt-problem);
    background: var(--yt-problem-weak);
    color: var(--yt-text);
  }
  .mono {
    font-family: var(--yt-mono);
    font-size: 0.9375em;
  }
  .number {
    font-variant-numeric: tabular-nums;
    color: var(--yt-text-2);
  }
  bdi {
    overflow-wrap: anywhere;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
    }
  }
  @media (forced-colors: active) {
    button:disabled {
      color: GrayText;
      border-color: GrayText;
    }
  }
  @media (pointer: coarse) {
    button {
      min-width: 2.25rem;
      min-height: 2.25rem;
    }
  }
`
