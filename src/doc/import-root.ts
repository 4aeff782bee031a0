import type { TokenFile } from '../payload/file-form.ts'
import { getKey, isObject, type Json, type JsonObject, keysOf } from '../payload/ordered-json.ts'
import { writeDifference } from './difference.ts'
import { createSet, orderSetsInFile, setNamesOf } from './edit-sets.ts'
import { type Editing, putValue, removePlace } from './editing.ts'
import { type ImportMode, writeSet } from './import-difference.ts'
import { writeMetadata } from './import-metadata.ts'
import { writeThemes } from './import-themes.ts'
import { idOf } from './node-id.ts'
import { childPlace, childrenAt, rootPlace } from './places.ts'

/** The difference between a file and what is shown, as facts. `replace`: afterwards both are equal, order included. */
export function writeFile(editing: Editing, file: TokenFile, mode: ImportMode): void {
  writeSets(editing, file, mode)
  const isSets = (key: string): boolean => (file.form === 'single' ? key === 'values' : file.sets.has(key))
  const rest = keysOf(file.root).filter((key) => !isSets(key))
  if (mode === 'replace') removeMembers(editing, new Set(rest))
  for (const key of rest) {
    const value = getKey(file.root, key) as Json
    if (key === '$themes' && Array.isArray(value)) writeThemes(editing, value, mode)
    else if (key === '$metadata' && isObject(value)) writeMetadata(editing, value, mode)
    // At the top of a file without `values` an object would be a set.
    else if (editing.shown.setsId !== '' || key.startsWith('$') || !isObject(value)) writeMember(editing, key, value)
  }
}

function writeSets(editing: Editing, file: TokenFile, mode: ImportMode): void {
  const { shown } = editing
  const wanted = [...file.sets.keys()]
  if (mode === 'replace') {
    for (const name of setNamesOf(editing)) {
      const place = file.sets.has(name) ? undefined : shown.setPlace(name)
      if (place) removePlace(editing, place)
    }
  }
  for (const [i, name] of wanted.entries()) {
    const set = file.sets.get(name) as JsonObject
    const place = shown.setPlace(name)
    if (place) writeSet(editing, place, set, mode)
    else createSet(editing, name, set, wanted.slice(0, i))
  }
  if (mode === 'replace') orderSetsInFile(editing, wanted)
}

/** What the file has not. What holds the sets stays, and so do they: they have been seen to. */
function removeMembers(editing: Editing, kept: ReadonlySet<string>): void {
  const { shown, store } = editing
  const setsAtTop = shown.setsId === ''
  for (const { place } of childrenAt(rootPlace(store.tree, shown.view()))) {
    const holdsSets = setsAtTop ? isObject(place.view.value) && !place.name.startsWith('$') : place.id === shown.setsId
    if (!holdsSets && !kept.has(place.name)) removePlace(editing, place)
  }
}

function writeMember(editing: Editing, key: string, value: Json): void {
  const { shown, store } = editing
  const place = childPlace(rootPlace(store.tree, shown.view()), key)
  if (place) writeDifference(editing, place, value)
  else putValue(editing, idOf([key]), value, undefined)
}
