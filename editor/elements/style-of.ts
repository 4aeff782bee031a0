import { noChange } from 'lit'
import { Directive, directive, type DirectiveResult, type ElementPart, type PartInfo, PartType } from 'lit/directive.js'

/** Style properties by their CSS names; undefined removes. */
export type Style = Readonly<Record<string, string | undefined>>

/**
 * Styles through the object model, property by property: a `style` attribute (and lit's own `styleMap`, which begins with
 * one) is refused by a Content-Security-Policy without `unsafe-inline`. A value that is no CSS for its property is ignored.
 */
class StyleOf extends Directive {
  #names: readonly string[] = []

  constructor(part: PartInfo) {
    super(part)
    if (part.type !== PartType.ELEMENT) throw new Error('styleOf stands on an element, not in an attribute')
  }

  render(_style: Style): typeof noChange {
    return noChange
  }

  override update(part: ElementPart, [style]: [Style]): typeof noChange {
    const target = (part.element as HTMLElement | SVGElement).style
    for (const name of this.#names) if (style[name] === undefined) target.removeProperty(name)
    for (const [name, value] of Object.entries(style)) if (value !== undefined) target.setProperty(name, value)
    this.#names = Object.keys(style)
    return noChange
  }
}

export const styleOf: (style: Style) => DirectiveResult<typeof StyleOf> = directive(StyleOf)
