import { describe, expect, it } from 'vitest'
import { defaultRelayUrl, injectConfig, parseAddress, parseConfig } from '../../editor/page-config.ts'

describe('the address of the page', () => {
  it('gives room, snapshot and key, and itself without the key', () => {
    expect(parseAddress('https://x.example/?room=acme/brand&a=1#key=abc.def&tab=2')).toEqual({
      room: 'acme/brand',
      snapshot: undefined,
      key: 'abc.def',
      clean: '/?room=acme/brand&a=1#tab=2',
    })
    expect(parseAddress('https://x.example/edit?snapshot=https%3A%2F%2Fa.example%2Fb')).toEqual({
      room: undefined,
      snapshot: 'https://a.example/b',
      key: undefined,
      clean: '/edit?snapshot=https%3A%2F%2Fa.example%2Fb',
    })
  })

  it('gives the relay of its own host', () => {
    expect(defaultRelayUrl('http://localhost:1234/?room=a')).toBe('ws://localhost:1234')
    expect(defaultRelayUrl('https://x.example/edit')).toBe('wss://x.example')
  })
})

describe('the configuration', () => {
  it('takes what it knows', () => {
    expect(parseConfig('{"relayUrl":"ws://a","room":"b","title":"","binsBaseUrl":1,"else":"x"}')).toEqual({
      relayUrl: 'ws://a',
      room: 'b',
    })
    expect(parseConfig('')).toEqual({})
    expect(parseConfig('null')).toEqual({})
  })

  it('is put into the page, and cannot end its script', () => {
    const page = '<script type="application/json" id="y-tokens-config">{}</script><p>'
    const title = '</script><script>alert(1)</script> $& $1'
    const html = injectConfig(page, { title })
    expect(html.match(/<\/script>/g)).toHaveLength(1)
    expect(parseConfig(/y-tokens-config">([^<]*)</.exec(html)?.[1] as string)).toEqual({ title })
  })
})
