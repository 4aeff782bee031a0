import { html, nothing, type TemplateResult } from 'lit'
import type { Swatch } from '../model/swatch.ts'
import { styleOf } from './style-of.ts'

/** Drawn beside the value's text, which says the same in words. */
export function swatchTemplate(swatch: Swatch): TemplateResult | typeof nothing {
  switch (swatch.kind) {
    case 'none':
      return nothing
    case 'color':
      return html`<span class="swatch color ${swatch.opaque ? '' : 'clear'}" aria-hidden="true"
        ><span ${styleOf({ 'background-color': swatch.color })}></span
      ></span>`
    case 'gradient':
      return html`<span class="swatch gradient" aria-hidden="true"
        ><span ${styleOf({ 'background-image': swatch.image })}></span
      ></span>`
    case 'bar':
      return html`<span class="swatch bar" aria-hidden="true"
        ><span ${styleOf({ width: `${Math.min(36, swatch.px)}px` })}></span
      ></span>`
    case 'radius':
      return html`<span class="swatch radius" aria-hidden="true"
        ><span ${styleOf({ 'border-start-start-radius': `${Math.min(24, swatch.px)}px` })}></span
      ></span>`
    case 'opacity':
      return html`<span class="swatch opacity" aria-hidden="true"
        ><span ${styleOf({ width: `${swatch.share * 100}%` })}></span
      ></span>`
    case 'text':
      return html`<span class="swatch text" aria-hidden="true"><span ${styleOf(swatch.style)}>Ag</span></span>`
    case 'shadow':
      return html`<span class="swatch shadow" aria-hidden="true"
        ><span ${styleOf({ 'box-shadow': swatch.shadow })}></span
      ></span>`
    case 'border':
      return html`<span class="swatch border" aria-hidden="true"
        ><span ${styleOf({ border: `${swatch.px}px ${swatch.style} ${swatch.color}` })}></span
      ></span>`
  }
}
