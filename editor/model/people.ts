/** Who is in the room, made safe to show: names and colours come from other people's devices. */
import type { Person } from 'y-tokens'
import { colorOf } from './color-value.ts'
import { initialsOf, personName } from './plain-text.ts'

export interface ShownPerson {
  readonly clientId: number
  readonly self: boolean
  readonly name: string
  readonly initials: string
  readonly color: string
  /** Black or white, whichever reads better on `color`. */
  readonly ink: string
  readonly focus: { readonly set: string; readonly path: string } | undefined
}

const fallbackColors: readonly string[] = ['#3451d1', '#0f766e', '#9a3412', '#7e22ce', '#a21caf', '#3f6212', '#1e6091']

/** Oneself last, the others in a stable order. */
export function shownPeople(people: readonly Person[]): readonly ShownPerson[] {
  return people
    .map((person): ShownPerson => {
      const color = safeColor(person.color, person.clientId)
      return {
        clientId: person.clientId,
        self: person.self,
        name: personName(person.name),
        initials: initialsOf(person.name),
        color,
        ink: inkOn(color),
        focus: person.focus,
      }
    })
    .toSorted((a, b) => Number(a.self) - Number(b.self) || a.clientId - b.clientId)
}

/** A colour for somebody who chose none. */
export function fallbackColor(seed: number): string {
  return fallbackColors[seed % fallbackColors.length] as string
}

function safeColor(text: string, seed: number): string {
  const color = colorOf(text)
  return color && color.alpha === 1 ? color.hex : fallbackColor(seed)
}

function inkOn(hex: string): string {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000000' : '#ffffff'
}

/** `Ana looks at color.brand.500 in core`. */
export function whereabouts(person: ShownPerson): string {
  if (!person.focus) return person.self ? 'This is you' : 'Looking around'
  const { set, path } = person.focus
  return path === '' ? `In ${set}` : `At ${path} in ${set}`
}
