/**
 * Creating a bin. The service has no way to say "only once", so the body is stored in the side document before it is sent, and a
 * creation without an answer is not repeated silently.
 */
import type { BinStore } from '../jsonbin/bin-store.ts'
import { isJsonBinError } from '../jsonbin/json-bin-error.ts'
import { blockAgainst, type Body, composeBody } from './body.ts'
import { BridgeError } from './bridge-error.ts'
import { isTooLarge } from './failure.ts'
import type { LinkParts } from './link-bin.ts'
import { reservedRecord } from './reserved-bin.ts'

export interface CreateBinParts extends LinkParts {
  /** Wall-clock milliseconds. */
  readonly now: () => number
  readonly limitOf: (bin: string) => number | undefined
}

export interface CreateBinOptions {
  readonly name: string
  readonly again?: boolean
  readonly reserve?: boolean
  readonly signal?: AbortSignal
}

/**
 * Creates a bin from the current tokens and answers its id, which `register` has been told first. Throws `no-tokens`,
 * `maybe-created`, and what the service answers.
 */
export async function createBin(
  options: CreateBinOptions,
  store: BinStore,
  parts: CreateBinParts,
  register: (id: string) => void,
): Promise<string> {
  const { name, again = false } = options
  const { lens, side, persistSide, randomId } = parts
  const pending = pendingName(name)
  if (!again && unanswered(parts, pending)) throw maybeCreated(name)
  const body = composeFirst(parts, pending)
  const block = blockAgainst(lens.view(), body, undefined)
  if (block) throw new BridgeError('no-tokens', block.message)
  side.append([{ kind: 'snap', id: body.id, head: body.head, content: body.content }])
  await persistSide()
  const settle = (): void => side.append([{ kind: 'done', id: randomId(), body: { entry: body.id } }])
  try {
    const { id, isFilled } = await send(body, options, store, parts)
    register(id)
    settle()
    if (isFilled) {
      const head = { ...body.head, bin: id, marker: body.id }
      side.append([{ kind: 'snap', id: randomId(), head, content: body.content }])
    }
    return id
  } catch (error) {
    if (!isJsonBinError(error) || error.outcome === 'unknown') throw maybeCreated(name, error)
    settle()
    throw error
  }
}

/** `isFilled`: the bin holds the body; else it is reserved for it. */
async function send(
  body: Body,
  { name, reserve = false, signal }: CreateBinOptions,
  store: BinStore,
  { limitOf, randomId }: CreateBinParts,
): Promise<{ readonly id: string; readonly isFilled: boolean }> {
  const limit = limitOf(pendingName(name))
  const isKnownTooLarge = limit !== undefined && body.bytes > limit
  if (!reserve || !isKnownTooLarge) {
    try {
      return { ...(await store.create(body.text, { name, signal })), isFilled: true }
    } catch (error) {
      if (!reserve || !isTooLarge(error)) throw error
    }
  }
  const record = reservedRecord({ ...body.marker, id: randomId() })
  return { ...(await store.create(record, { name, signal })), isFilled: false }
}

/** Takes the place of the id while a bin is being created, so that the body is stored before it is sent here too. */
function pendingName(name: string): string {
  return `new ${name}`
}

/** An earlier creation of this name that neither failed nor succeeded for certain. */
function unanswered({ side }: LinkParts, pending: string): boolean {
  return side.history.snapsOf(pending).some(({ id }) => !side.isDone(id))
}

function maybeCreated(name: string, cause?: unknown): BridgeError {
  return new BridgeError(
    'maybe-created',
    `The service did not say whether it created the bin "${name}". Look there for a bin of this name and add it by its id; with again a second one is created.`,
    { cause },
  )
}

function composeFirst({ lens, registry, by, now, randomId }: CreateBinParts, pending: string): Body {
  const doc = registry.documentId()
  return composeBody({
    lens,
    bin: pending,
    id: randomId(),
    doc,
    rev: 1,
    epoch: 0,
    by: by(),
    now: now(),
    serverTime: undefined,
  })
}
