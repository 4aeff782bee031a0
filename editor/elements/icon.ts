import { html, type TemplateResult } from 'lit'

const paths = {
  add: 'M8 3v10M3 8h10',
  undo: 'M6 3.5 3 6.5l3 3M3.2 6.5H9a3.5 3.5 0 0 1 0 7H6',
  redo: 'M10 3.5l3 3-3 3M12.8 6.5H7a3.5 3.5 0 0 0 0 7h3',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.5 10.5 14 14',
  unfold: 'M6 4l4 4-4 4',
  folded: 'M4 6l4 4 4-4',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  pull: 'M8 2.5v7M5 7l3 3 3-3M3 13h10',
  import: 'M8 10V2.5M5 5l3-3 3 3M2.5 10v3h11v-3',
  export: 'M8 2.5V10M5 7l3 3 3-3M2.5 10v3h11v-3',
  versions: 'M8 4.5V8l2.5 1.5M2.6 6.5A5.6 5.6 0 1 1 2.5 9M2.5 3v3.5H6',
  journal: 'M4 2.5h8v11H4zM6.5 5.5h3M6.5 8h3M6.5 10.5h1.5',
  themes:
    'M8 2.5a5.5 5.5 0 1 0 0 11c1.4 0 1.2-1.2.8-1.8-.5-.9 0-1.9 1.2-1.9h1.6c1.2 0 1.9-.8 1.9-1.8A5.5 5.5 0 0 0 8 2.5ZM5.5 7h.01M8 5.2h.01M10.5 7h.01',
  bins: 'M2.5 5 8 2.5 13.5 5 8 7.5zM2.5 8 8 10.5 13.5 8M2.5 11 8 13.5 13.5 11',
  link: 'M6.5 9.5l3-3M7 4.5l1.2-1.2a2.8 2.8 0 0 1 4 4L11 8.5M9 11.5l-1.2 1.2a2.8 2.8 0 0 1-4-4L5 7.5',
  remove: 'M3 4.5h10M6.5 4V2.5h3V4M4.5 4.5l.5 9h6l.5-9M7 7v4M9 7v4',
  edit: 'M3 13l.6-2.7L10.8 3a1.5 1.5 0 0 1 2.1 2.1l-7.2 7.3z',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  close: 'M4 4l8 8M12 4l-8 8',
  check: 'M3 8.5 6.5 12 13 4.5',
  warning: 'M8 2.5 14 13H2zM8 6.5V9.5M8 11.3h.01',
  grip: 'M6 4h.01M6 8h.01M6 12h.01M10 4h.01M10 8h.01M10 12h.01',
  up: 'M8 13V3M4 7l4-4 4 4',
  down: 'M8 3v10M4 9l4 4 4-4',
  view: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8ZM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z',
  refresh: 'M13.4 6.5A5.6 5.6 0 1 0 13.5 9M13.5 3v3.5H10',
  key: 'M10 8.5a3 3 0 1 0-2.6-1.5L2.5 12v1.5h2V12H6v-1.5h1.5l1-1a3 3 0 0 0 1.5-1ZM10.8 5.2h.01',
  sets: 'M2.5 4h11M2.5 8h11M2.5 12h7',
} as const

export type IconName = keyof typeof paths

/** Decoration only: what it means stands in words beside it, or in the button's label. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${paths[name]} /></svg>`
}
