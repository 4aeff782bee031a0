/**
 * What nobody has documented about a bins service, asked of it with raw requests: each answer with the switch of the local bins
 * that follows it. Probes report; they expect nothing.
 */
export interface ProbedService {
  readonly baseUrl: string
  readonly masterKey: string
  /** Counts, and may refuse: a service with a quota is asked no more than agreed. */
  readonly fetch: typeof fetch
}

export interface ProbeAnswer {
  readonly question: string
  readonly answer: string
}

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: { readonly record?: unknown; readonly metadata?: Readonly<Record<string, unknown>> } | undefined
}

const concurrentBytes = 60_000

export async function probeBins({ baseUrl, masterKey, fetch: request }: ProbedService): Promise<ProbeAnswer[]> {
  const send = async (
    method: string,
    path: string,
    body?: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => {
    const all = { 'X-Master-Key': masterKey, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) }
    const response = await request(baseUrl + path, {
      method,
      headers: { ...all, ...headers },
      ...(body === undefined ? {} : { body }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: parse(text) }
  }
  const created = await send('POST', '/b', '{"n":0}', { 'X-Bin-Private': 'true', 'X-Bin-Name': 'y-tokens contract' })
  const id = created.json?.metadata?.['id']
  if (typeof id !== 'string') throw new Error(`The service created no bin: ${created.status} ${created.text}`)
  const n = ({ json, status }: Answer): string => {
    const record = json?.record as { readonly n?: number } | undefined
    return record?.n === undefined ? `status ${status}` : `n = ${record.n}`
  }
  const bin = `/b/${id}`
  const answers: ProbeAnswer[] = []
  try {
    const versioned = await send('PUT', bin, '{"n":1}', { 'X-Bin-Versioning': 'true' })
    await send('PUT', bin, '{"n":2}', { 'X-Bin-Versioning': 'false' })
    const latest = await send('GET', `${bin}/latest`)
    const bare = await send('GET', bin)
    const first = await send('GET', `${bin}/1`)
    answers.push(
      {
        question: '/latest after a versioned PUT (1), then an unversioned one (2)',
        answer: `${n(latest)}; the unversioned PUT is ${n(latest) === 'n = 2' ? 'visible' : 'HIDDEN from readers of /latest'}`,
      },
      { question: 'GET /b/{id} without /latest (switch bareRead)', answer: n(bare) },
      { question: 'GET /b/{id}/1: the version that the versioned PUT made', answer: n(first) },
      {
        question: 'what a versioned PUT says of its version',
        answer: JSON.stringify(versioned.json?.metadata ?? versioned.status),
      },
    )

    const odd = '{"b":1.0,"a":1e3,"2":"two","1":"one"}'
    const echoed = await send('PUT', bin, odd)
    const plain = await send('GET', `${bin}/latest?meta=false&at=${Date.now()}`, undefined, { 'X-Bin-Meta': 'false' })
    answers.push(
      { question: 'does PUT echo the record', answer: JSON.stringify(echoed.json?.record ?? null) },
      {
        question: 'order of keys and form of numbers (switch recordText)',
        answer: plain.text === odd ? 'verbatim' : `rewritten: ${plain.text}`,
      },
      { question: 'a unique query string is', answer: plain.status === 200 ? 'accepted' : `refused: ${plain.status}` },
      { question: 'X-Bin-Meta: false leaves the wrapper out', answer: String(plain.json?.record === undefined) },
    )
    const zero = await send('GET', `${bin}/latest`, undefined, { 'X-Bin-Meta': '0', Origin: 'https://example.com' })
    const named = (names: readonly string[]): string =>
      names.flatMap((name) => (zero.headers.has(name) ? [`${name}: ${zero.headers.get(name)}`] : [])).join('; ') ||
      'none of them'
    answers.push(
      {
        question: 'X-Bin-Meta: 0, as the plugin sends it',
        answer: zero.json?.record === undefined ? 'bare' : 'wrapped',
      },
      {
        question: 'CORS of a GET',
        answer: named(['access-control-allow-origin', 'access-control-expose-headers', 'date']),
      },
      {
        question: 'caching headers of a GET',
        answer: named(['cache-control', 'age', 'etag', 'expires', 'cf-cache-status']),
      },
      {
        question: 'limits told in headers',
        answer: named(['retry-after', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'ratelimit']),
      },
    )

    const [left, right] = ['l', 'r'].map((letter) => JSON.stringify({ text: letter.repeat(concurrentBytes) })) as [
      string,
      string,
    ]
    const [one, two] = await Promise.all([send('PUT', bin, left), send('PUT', bin, right)])
    const after = await send('GET', `${bin}/latest?meta=false&at=${Date.now()}`)
    const isWhole = after.text === left || after.text === right
    answers.push({
      question: `two PUTs of ${concurrentBytes / 1000} kB at once`,
      answer: `${one.status} and ${two.status}; the record is ${isWhole ? 'one of the two, whole' : `NEITHER: ${after.text.slice(0, 60)}`}`,
    })
  } finally {
    await send('DELETE', bin)
  }
  return answers
}

function parse(text: string): Answer['json'] {
  try {
    return JSON.parse(text) as Answer['json']
  } catch {
    // An answer of something before the service; its status is reported.
    return undefined
  }
}
