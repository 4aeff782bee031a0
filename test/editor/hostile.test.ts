import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EditorHost, hostEditor } from './open-editor.ts'

let host: EditorHost
beforeAll(async () => {
  host = await hostEditor()
})
afterAll(() => host.close())

const evil = 'url(https://evil.example/pixel.png)'
const color = (value: unknown, extra: object = {}): object => ({ $type: 'color', $value: value, ...extra })
const hostileFile = JSON.stringify({
  values: {
    '<img src=x onerror=alert(1)>': {
      'a"><script>alert(1)</script>': color('#fff'),
      '\u202eesrever': color('red'),
    },
    [`a/${'very-long-name-'.repeat(12)}`]: { x: color('#fff') },
    core: {
      image: color(evil),
      gradient: color(`linear-gradient(red, blue), ${evil}`),
      escaped: color('linear-gradient(red, \\75rl(https://evil.example/x))'),
      good: color('linear-gradient(90deg, #ff0000 0%, rgba(0, 0, 255, 0.5) 100%)'),
      variable: color('var(--yt-accent)'),
      shadow: {
        $type: 'boxShadow',
        $value: { x: '0', y: '0', blur: '1px', spread: '0', color: `red; background: ${evil}`, type: 'dropShadow' },
      },
      border: { $type: 'border', $value: { color: '#f00', width: '1px', style: evil } },
      font: {
        $type: 'typography',
        $value: { fontFamily: `x; src: ${evil}`, fontSize: '9999px', fontWeight: 'bold; color: red' },
      },
      asset: { $type: 'asset', $value: 'https://evil.example/logo.png' },
      huge: { $type: 'spacing', $value: '1e9px' },
      circleA: color('{circleB}'),
      circleB: color('{circleA}'),
      self: color('{self}'),
      missing: color('{no.such}'),
      bomb0: { $type: 'text', $value: 'xxxxxxxxxx' },
      ...Object.fromEntries(
        Array.from({ length: 60 }, (_, i) => [`bomb${i + 1}`, { $type: 'text', $value: `{bomb${i}}{bomb${i}}` }]),
      ),
      ...Object.fromEntries(
        Array.from({ length: 40 }, (_, i) => [
          `maze${i}`,
          { $type: 'text', $value: `{maze${(i + 1) % 40}}{maze${(i + 2) % 40}}` },
        ]),
      ),
      chain0: color('#123456'),
      ...Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`chain${i + 1}`, color(`{chain${i}}`)])),
    },
  },
})

describe('a file written by somebody hostile', () => {
  it('calls nobody, runs nothing, freezes nothing, and is shown as text', async () => {
    const editor = await host.open(hostileFile)
    const { page } = editor
    try {
      await page.getByRole('button', { name: /^<img src=x onerror=alert\(1\)>, 2 tokens/ }).waitFor()
      await page.getByRole('row', { name: /^esrever, Colour, red/ }).waitFor()
      const sides = page.getByRole('navigation', { name: 'Token sets and bin' })
      expect(await sides.evaluate((nav) => nav.scrollWidth - nav.clientWidth)).toBe(0)
      await page.getByRole('button', { name: /^core,/ }).click()
      const height = await page.getByRole('treegrid').evaluate((grid) => grid.scrollHeight)
      for (let top = 0; top < height; top += 500) {
        await page.getByRole('treegrid').evaluate((grid, to) => grid.scrollTo({ top: to }), top)
        await page.evaluate(() => new Promise(requestAnimationFrame))
      }
      await page.getByRole('treegrid').evaluate((grid) => grid.scrollTo({ top: 0 }))
      await page.getByRole('row', { name: /^circleA,.*Circular: circleA → circleB → circleA/ }).waitFor()
      await page.getByRole('row', { name: /^self,.*Circular: self → self/ }).waitFor()
      await page.getByRole('row', { name: /^missing,.*\{no\.such\} is not found/ }).waitFor()
      const styles = await page.evaluate(() => {
        const found: string[] = []
        const walk = (root: ParentNode): void => {
          for (const element of root.querySelectorAll<HTMLElement>('*')) {
            if (element.shadowRoot) walk(element.shadowRoot)
            if (element.style.length > 0) found.push(element.style.cssText)
          }
        }
        walk(document)
        return found.join('\n')
      })
      expect(styles).toContain('linear-gradient(90deg')
      expect(styles).not.toMatch(/evil|url\(|var\(--yt-accent\)/)
      expect(editor.troubles).toEqual([])
    } finally {
      await editor.close()
    }
  })
})
