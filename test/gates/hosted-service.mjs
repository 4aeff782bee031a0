// Loaded before the README's examples: what is meant for the hosted bins service goes to the local bins of the test.
const hosted = 'https://api.jsonbin.io/v3'
const local = process.env.BINS_FOR_TESTS
const send = globalThis.fetch
globalThis.fetch = (input, init) => {
  const url = typeof input === 'string' || input instanceof URL ? String(input) : input.url
  return local && url.startsWith(hosted) ? send(local + url.slice(hosted.length), init) : send(input, init)
}
