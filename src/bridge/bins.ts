/** The team's bins: registered in the document, with this device's keys beside it; one of them is applied. */
import type { BinStore } from '../jsonbin/bin-store.ts'
import { type BinKey, type BinKeys, keyKind } from './bin-keys.ts'
import { randomHex, type RegisteredBin } from './bin-registry.ts'
import { BridgeError } from './bridge-error.ts'
import { createBin, type CreateBinParts } from './create-bin.ts'
import { adoptRecord, type LinkOptions } from './link-bin.ts'
import { type BinPreview, previewOf } from './link-preview.ts'
import type { OpenBinStore } from './ports.ts'

export interface BinEntry {
  readonly id: string
  readonly name: string
  /** Base URL of the service, null for the default one. */
  readonly url: string | null
  readonly applied: boolean
  /** What this device holds for the bin; the key itself is never given out. */
  readonly key: 'none' | 'master' | 'access'
}

export interface NewBin {
  readonly name: string
  readonly id?: string
  readonly url?: string
  readonly key?: BinKey
  readonly signal?: AbortSignal
  /** Create it although an earlier creation of this name had no answer. */
  readonly again?: boolean
  /**
   * Where the tokens are too large for the service, create the bin all the same, in a form that nobody reads as tokens. Applied,
   * it is `blocked` with their size, and is filled as soon as they fit.
   */
  readonly reserve?: boolean
}

export interface ApplyOptions extends Partial<LinkOptions> {
  readonly signal?: AbortSignal
  /** Leave the bin applied so far although the last edits could not be brought into it; they stay in the room. */
  readonly leaveUnsaved?: boolean
}

export interface Bins {
  /** By name; the same array until something changes. */
  list(): readonly BinEntry[]
  subscribe(listener: () => void): () => void
  /**
   * Without `id`: creates a bin from the current tokens, which needs a `key` that may create. With `id`: registers an existing
   * one. Answers the id. Throws `invalid-name`, `invalid-bin-id`, `key-missing`, `no-tokens`, `too-large`, `maybe-created`,
   * and what the service answers.
   */
  add(bin: NewBin): Promise<string>
  /**
   * This device only; null forgets it. `remember: false` keeps it until the page closes. Throws `unknown-bin`, and what the
   * client says of a key that cannot be one.
   */
  setKey(id: string, key: BinKey | null, options?: { readonly remember?: boolean }): void
  /**
   * Reads the bin once and tells what applying it would do; nothing is touched. Throws `unknown-bin`, `key-missing`, and what
   * the service answers.
   */
  preview(id: string, options?: { readonly signal?: AbortSignal }): Promise<BinPreview>
  /**
   * Team-wide. Into an empty room the bin's tokens come as its first file; else they replace the room's after a version
   * "Before linking to …" was saved, unless this room was linked to the bin before: then both are merged; `mode` chooses
   * otherwise. Throws with nothing touched: `no-tokens`, `read-only-key`, `unknown-bin`, `key-missing`, `blank-bin`, `invalid-bin`, `other-document`, `unsaved`, and what the service
   * answers.
   */
  apply(id: string, options?: ApplyOptions): Promise<void>
  /** Takes the bin off the team's list, and this device's key for it; the bin itself is not deleted. */
  remove(id: string): void
  /** In the team's list. Throws `unknown-bin`, `invalid-name`. */
  rename(id: string, name: string): Promise<void>
}

export interface BinsParts extends CreateBinParts {
  readonly keys: BinKeys
  readonly openStore: OpenBinStore
  readonly defaultUrl: string
  readonly random: () => number
  /** Called where the list, a key or the applied bin may have changed. */
  readonly onChange: (listener: () => void) => () => void
  readonly keyChanged: (id: string) => void
  /** Holds the machine still while `run` decides what becomes of the applied bin. */
  readonly whileLinking: <T>(run: () => Promise<T>) => Promise<T>
  /** Writes the applied bin once, whatever room it names. */
  readonly overwrite: () => Promise<void>
  /** Writes what is pending into the applied bin; false where that failed. */
  readonly flush: () => Promise<boolean>
}

const idPattern = /^[A-Za-z0-9_-]{1,64}$/
const maxNameChars = 100

export function createBins(parts: BinsParts): Bins {
  const { registry, keys, defaultUrl } = parts
  let listed: readonly BinEntry[] | undefined
  parts.onChange(() => {
    listed = undefined
  })

  const originOf = ({ url }: Pick<RegisteredBin, 'url'>): string => new URL(url ?? defaultUrl).origin
  const known = (id: string): RegisteredBin => {
    const bin = registry.get(id)
    if (!bin) throw new BridgeError('unknown-bin', `The team has no bin with the id "${id}". Add it first.`)
    return bin
  }
  const storeOf = (bin: RegisteredBin): BinStore => {
    const key = keys.get(originOf(bin), bin.id)
    if (!key) {
      throw new BridgeError(
        'key-missing',
        `This device has no key for the bin "${bin.name}". Enter one with setKey first.`,
      )
    }
    return parts.openStore({ url: bin.url, key })
  }

  /** A key that no client can be made with is refused before it is kept. */
  const keepKey = (
    bin: Pick<RegisteredBin, 'id' | 'url'>,
    key: BinKey,
    options?: { readonly remember?: boolean },
  ): void => {
    parts.openStore({ url: bin.url, key })
    keys.set(originOf(bin), bin.id, key, options)
  }

  const create = async (bin: NewBin, name: string, url: string | null): Promise<string> => {
    const { key } = bin
    if (!key) {
      throw new BridgeError('key-missing', 'Creating a bin needs a key of the account it shall belong to: pass key.')
    }
    return createBin({ ...bin, name }, parts.openStore({ url, key }), parts, (id) => {
      keys.set(originOf({ url }), id, key)
      registry.put({ id, name, url })
    })
  }

  return {
    list: () => {
      const applied = registry.applied()?.bin
      listed ??= registry.list().map((bin) => ({
        ...bin,
        applied: bin.id === applied,
        key: keyKind(keys.get(originOf(bin), bin.id)),
      }))
      return listed
    },
    subscribe: (listener) => parts.onChange(listener),
    add: async (bin) => {
      const name = checkName(bin.name)
      const url = bin.url ?? null
      if (bin.id === undefined) return create(bin, name, url)
      const id = bin.id.trim()
      if (!idPattern.test(id)) {
        throw new BridgeError('invalid-bin-id', `"${id}" is no bin id. Copy it from the bin's page at the service.`)
      }
      if (bin.key) keepKey({ id, url }, bin.key)
      registry.put({ id, name, url })
      return id
    },
    setKey: (id, key, options) => {
      const bin = known(id)
      if (key) keepKey(bin, key, options)
      else keys.delete(originOf(bin), id)
      listed = undefined
      parts.keyChanged(id)
    },
    preview: async (id, { signal } = {}) => {
      const { record } = await storeOf(known(id)).read(id, { signal })
      return previewOf(record, parts)
    },
    apply: async (id, { signal, leaveUnsaved = false, mode = 'auto', takeOver = false } = {}) => {
      const bin = known(id)
      const store = storeOf(bin)
      const current = registry.applied()
      if (current && current.bin !== id && !leaveUnsaved && !(await parts.flush())) {
        throw new BridgeError(
          'unsaved',
          'The last edits could not be written into the bin applied so far, so it was not left. They are safe in the room. Try again, or apply with leaveUnsaved.',
        )
      }
      const { takenOver } = await parts.whileLinking(async () => {
        const { record } = await store.read(id, { signal })
        const adopted = await adoptRecord(record, bin, { mode, takeOver }, parts)
        registry.documentId()
        registry.apply({ bin: id, link: randomHex(parts.random, 16) })
        return adopted
      })
      if (takenOver) await parts.overwrite()
    },
    remove: (id) => {
      const bin = known(id)
      keys.delete(originOf(bin), id)
      if (registry.applied()?.bin === id) registry.apply(null)
      registry.remove(id)
    },
    rename: async (id, name) => registry.put({ ...known(id), name: checkName(name) }),
  }
}

function checkName(name: string): string {
  const trimmed = name.trim()
  if (trimmed === '' || trimmed.length > maxNameChars) {
    throw new BridgeError('invalid-name', `A bin needs a name of 1 to ${maxNameChars} characters.`)
  }
  return trimmed
}
