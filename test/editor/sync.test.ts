import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type EditorHost, type EditorPage, hostEditor, sampleText } from './open-editor.ts'

let host: EditorHost
let editor: EditorPage
beforeAll(async () => {
  host = await hostEditor()
})
afterAll(() => host.close())
beforeEach(async () => {
  editor = await host.open(sampleText)
})
afterEach(async () => {
  await editor.close()
  if (editor.troubles.length > 0) throw new Error(editor.troubles.join('\n'))
})

async function linkBin(): Promise<void> {
  await editor.run(({ room, savedStatus }) => {
    room.setBins([{ id: 'b1', name: 'Brand tokens', url: null, applied: true, key: 'master' }])
    room.setStatus({
      bridge: {
        ...savedStatus.bridge,
        state: { kind: 'synced' },
        bin: { id: 'b1', name: 'Brand tokens' },
        access: 'writer',
      },
    })
  })
}

const calls = (): Promise<readonly string[]> => editor.run(({ room }) => room.calls)

async function openStatus(): Promise<string> {
  await editor.page.getByRole('button', { name: /^Sync status/ }).click()
  return editor.page.getByRole('dialog', { name: 'Sync status' }).innerText()
}

describe('the sync indicator', () => {
  it('follows the legs', async () => {
    const word = (text: string): Promise<void> =>
      editor.page.getByRole('button', { name: `Sync status: ${text}`, exact: true }).waitFor()
    await word('Saved')
    await editor.run(({ room, savedStatus }) => room.setStatus({ relay: { ...savedStatus.relay, unsaved: 2 } }))
    await word('Saving… (2)')
    await editor.run(({ room, savedStatus }) =>
      room.setStatus({
        relay: {
          ...savedStatus.relay,
          state: { kind: 'offline', reason: 'lost', message: 'The connection was lost.' },
          unsaved: 3,
        },
      }),
    )
    await word('Offline: 3 changes on this device')
    const text = await openStatus()
    expect(text).toContain('This device')
    expect(text).toContain('Everything is stored on this device.')
    expect(text).toContain('The connection was lost.')
    expect(text).toContain('3 changes wait on this device')
    expect(text).toContain('No bin is linked.')
  })

  it('is announced when it becomes another, not while it is saving', async () => {
    const spoken = editor.page.getByRole('status').first()
    await editor.run(({ room, savedStatus }) => {
      room.setStatus({ relay: { ...savedStatus.relay, unsaved: 1 } })
      room.setStatus({ relay: savedStatus.relay })
      room.setStatus({
        relay: { ...savedStatus.relay, state: { kind: 'offline', reason: 'lost', message: 'Lost.' }, unsaved: 2 },
      })
    })
    await expect.poll(() => spoken.textContent(), { timeout: 5_000 }).toContain('Sync status: Offline')
  })

  it('shows what does not fit into the bin, and takes the ways out', async () => {
    await editor.run(({ room, savedStatus }) =>
      room.setStatus({
        bridge: {
          ...savedStatus.bridge,
          bin: { id: 'b1', name: 'Brand tokens' },
          state: {
            kind: 'blocked',
            reason: 'too-large',
            message: 'The tokens do not fit into the bin.',
            exits: ['remove-sets', 'apply-other-bin'],
            size: {
              bytes: 234_567,
              limit: 100_000,
              largestSets: [
                { name: 'component', bytes: 150_000 },
                { name: 'core', bytes: 60_000 },
              ],
              themes: 20_000,
            },
          },
        },
      }),
    )
    await editor.page.getByRole('button', { name: 'Sync status: Action needed' }).waitFor()
    const text = await openStatus()
    expect(text).toContain('The tokens take 235 kB; the bin takes 100 kB.')
    expect(await editor.page.getByRole('row', { name: 'component' }).innerText()).toContain('150 kB')
    await editor.page.getByRole('button', { name: 'Choose sets to remove' }).click()
    await editor.page.getByRole('treegrid', { name: 'Tokens of component' }).waitFor()
    await openStatus()
    await editor.page.getByRole('button', { name: 'Choose another bin' }).click()
    await editor.page.getByRole('dialog', { name: 'Bins' }).waitFor()
  })

  it('asks before a way out that replaces something', async () => {
    await editor.run(({ room, savedStatus }) =>
      room.setStatus({
        bridge: {
          ...savedStatus.bridge,
          bin: { id: 'b1', name: 'Brand tokens' },
          state: {
            kind: 'blocked',
            reason: 'no-base',
            message: 'The history of this bin is lost.',
            exits: ['use-bin', 'overwrite-bin', 'link-again', 'retry'],
          },
        },
      }),
    )
    await openStatus()
    await editor.page.getByRole('button', { name: 'Overwrite the bin' }).click()
    await editor.page.getByText('What is in it now is replaced.').waitFor()
    expect(await calls()).toEqual([])
    await editor.page.getByRole('button', { name: 'Cancel' }).click()
    await openStatus()
    await editor.page.getByRole('button', { name: 'Use the bin’s tokens' }).click()
    await editor.page
      .getByRole('dialog', { name: 'Use the tokens in Brand tokens?' })
      .getByRole('button', { name: 'Use the bin’s tokens' })
      .click()
    await expect.poll(calls).toEqual(['bridge.takeExit use-bin'])
    await openStatus()
    await editor.page.getByRole('button', { name: 'Try again' }).click()
    await expect.poll(calls).toEqual(['bridge.takeExit use-bin', 'bridge.takeExit retry'])
  })

  it('hands out what the bin holds where it cannot be read, before it is overwritten', async () => {
    const { page } = editor
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await editor.run(({ room, savedStatus }) =>
      room.setStatus({
        bridge: {
          ...savedStatus.bridge,
          bin: { id: 'b1', name: 'Brand tokens' },
          state: {
            kind: 'blocked',
            reason: 'invalid-bin',
            message: 'The bin does not hold JSON.',
            exits: ['retry', 'overwrite-bin', 'apply-other-bin'],
          },
        },
      }),
    )
    await openStatus()
    await page.getByRole('button', { name: 'Copy what the bin holds' }).click()
    await page.getByText('Copied what the bin holds.').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('{"half":')
  })

  it('lets a person decide on a mass change, also one that another session holds', async () => {
    const { page } = editor
    const state = {
      kind: 'blocked',
      reason: 'mass-change',
      message: 'A file in the bin deletes 27 of 104 tokens. None of that was taken.',
      exits: ['take-changes', 'keep-ours', 'apply-other-bin'],
    } as const
    await editor.run(
      ({ room, savedStatus }, block) =>
        room.setStatus({
          bridge: { ...savedStatus.bridge, bin: { id: 'b1', name: 'Brand tokens' }, state: block },
        }),
      state,
    )
    await page.getByRole('button', { name: 'Sync status: Action needed' }).waitFor()
    expect(await openStatus()).toContain('deletes 27 of 104 tokens')
    await page.getByRole('button', { name: 'Put ours back' }).click()
    await page.getByText('What is in it now is saved as a version first.').waitFor()
    expect(await calls()).toEqual([])
    await page.getByRole('dialog').getByRole('button', { name: 'Put ours back' }).click()
    await expect.poll(calls).toEqual(['bridge.takeExit keep-ours'])
    await editor.run(
      ({ room, savedStatus }, block) =>
        room.setStatus({
          bridge: {
            ...savedStatus.bridge,
            bin: { id: 'b1', name: 'Brand tokens' },
            state: { kind: 'standby', holder: 'Bo' },
          },
          teamBridge: { by: 'Bo', state: { ...block, exits: [] }, lastWriteAt: null, heldBack: 0 },
        }),
      state,
    )
    await openStatus()
    await page.getByRole('button', { name: 'Take the changes' }).click()
    await page.getByRole('button', { name: 'Take them' }).click()
    await expect.poll(calls).toEqual(['bridge.takeExit keep-ours', 'bridge.takeExit take-changes'])
  })

  it('tells how the bin stands by who looks after it, where this device has no key', async () => {
    await editor.run(({ room, savedStatus }) =>
      room.setStatus({
        bridge: {
          ...savedStatus.bridge,
          bin: { id: 'b1', name: 'Brand tokens' },
          state: {
            kind: 'blocked',
            reason: 'key-missing',
            message: 'This device has no key for the bin.',
            exits: ['enter-key'],
          },
        },
        teamBridge: { by: 'bridge on server', state: { kind: 'synced' }, lastWriteAt: 1_700_000_000_000, heldBack: 0 },
      }),
    )
    await editor.page.getByRole('button', { name: 'Sync status: Saved', exact: true }).waitFor()
    const text = await openStatus()
    expect(text).toContain('Up to date')
    expect(text).toContain('bridge on server looks after the bin.')
  })
})

describe('the bin’s controls', () => {
  it('"Update remote" is a switch: off pauses for the team and says who and why, on goes on', async () => {
    await linkBin()
    const update = editor.page.getByRole('switch', { name: 'Update remote' })
    expect(await update.getAttribute('aria-checked')).toBe('true')
    await update.click()
    await expect.poll(() => update.getAttribute('aria-checked')).toBe('false')
    await editor.page.getByText('Paused for everyone by Ana Silva.').waitFor()
    await editor.page.getByRole('button', { name: 'Sync status: Bin paused' }).waitFor()
    await update.click()
    await expect.poll(() => update.getAttribute('aria-checked')).toBe('true')
    await openStatus()
    await editor.page.getByRole('button', { name: 'Pause with a reason' }).click()
    await editor.page.getByRole('radio', { name: /^Only on this device/ }).check()
    await editor.page.getByRole('textbox', { name: /^Reason/ }).fill('release freeze')
    await editor.page.getByRole('button', { name: 'Pause', exact: true }).click()
    await editor.page.getByText('Paused on this device by Ana Silva: release freeze.').waitFor()
    await update.click()
    await expect
      .poll(calls)
      .toEqual([
        'bridge.pause team',
        'bridge.resume team',
        'bridge.pause device release freeze',
        'bridge.resume device',
      ])
  })

  it('"Pull from JSONBin" pulls and says what came; without a bin it leads to the bins', async () => {
    await editor.page.getByRole('button', { name: 'Pull from JSONBin' }).click()
    await editor.page.getByRole('dialog', { name: 'Bins' }).waitFor()
    await editor.page.keyboard.press('Escape')
    await linkBin()
    await editor.page.getByRole('button', { name: 'Pull from JSONBin' }).click()
    await editor.page.getByText('The bin has nothing new.').waitFor()
    await editor.run(({ room }) =>
      room.failNext('bridge.pull', new Error('The service does not answer. Try again in a minute.')),
    )
    await editor.page.getByRole('button', { name: 'Pull from JSONBin' }).click()
    await editor.page.getByRole('alert').getByText('The service does not answer. Try again in a minute.').waitFor()
    expect(await calls()).toEqual(['bridge.pull', 'bridge.pull'])
  })
})

describe('the bins panel', () => {
  it('adds, gives a key, applies, switches, renames, forgets and removes', async () => {
    const { page } = editor
    await page.getByRole('button', { name: 'Bins', exact: true }).click()
    await page.getByRole('button', { name: 'Add bin' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Brand tokens')
    await page.getByRole('textbox', { name: 'Bin id' }).fill('6651f0a2ad19ca34f871cdd8')
    await page.getByRole('textbox', { name: 'Service address' }).fill('http://localhost:9/v3')
    await page.getByRole('radio', { name: 'Access key' }).check()
    await page.getByLabel('Access key', { exact: true }).last().fill('secret-key')
    await page.getByRole('checkbox', { name: 'Remember the key on this device' }).uncheck()
    await page.getByRole('button', { name: 'Add bin' }).click()
    await page.getByText('The bin is on the list.').waitFor()

    await page.getByRole('button', { name: 'Apply Brand tokens' }).click()
    await page
      .getByText(
        'The bin has 1 token that this room lacks, another value for 2 tokens, not the 7 tokens that only this',
      )
      .waitFor()
    await page.getByText('What is here now is saved as a version first').waitFor()
    await page.getByRole('button', { name: 'Apply bin' }).click()
    await page.getByText('Brand tokens is applied.').waitFor()

    await page.getByRole('button', { name: 'Rename Brand tokens' }).click()
    await page.getByRole('textbox', { name: 'New name' }).fill('Brand')
    await page.getByRole('button', { name: 'Rename bin' }).click()
    await page.getByRole('button', { name: 'Forget key for Brand' }).click()
    await page.getByText('No key on this device').waitFor()
    await page.getByRole('button', { name: 'Remove Brand' }).click()
    await page.getByRole('button', { name: 'Remove bin' }).click()
    await page.getByText('No bin yet.').waitFor()
    expect(await calls()).toEqual([
      'bins.add Brand tokens 6651f0a2ad19ca34f871cdd8 http://localhost:9/v3',
      'bins.setKey 6651f0a2ad19ca34f871cdd8 accessKey until closed',
      'bins.apply 6651f0a2ad19ca34f871cdd8 auto',
      'bins.rename 6651f0a2ad19ca34f871cdd8 Brand',
      'bins.setKey 6651f0a2ad19ca34f871cdd8 none remembered',
      'bins.remove 6651f0a2ad19ca34f871cdd8',
    ])
    expect(await page.content()).not.toContain('secret-key')
  })

  it('creates a bin from the tokens, asks for a key first, and does not create a second one unasked', async () => {
    const { page } = editor
    await page.getByRole('button', { name: 'Bins', exact: true }).click()
    await page.getByRole('button', { name: 'Add bin' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Brand tokens')
    await page.getByRole('button', { name: 'Add bin' }).click()
    await page.getByText('creating a bin needs one').waitFor()
    await page.getByLabel('Master key', { exact: true }).last().fill('secret')
    await editor.run(({ room }) => {
      const error = Object.assign(new Error('The service did not say whether it created the bin.'), {
        code: 'maybe-created',
      })
      error.name = 'BridgeError'
      room.failNext('bins.add', error)
    })
    await page.getByRole('button', { name: 'Add bin' }).click()
    await page.getByText('did not say whether it created').waitFor()
    await page.getByRole('button', { name: 'Create a second one' }).click()
    await page.getByText('The bin is created').waitFor()
    expect(await calls()).toEqual([
      'bins.add Brand tokens new-bin masterKey',
      'bins.add Brand tokens new-bin masterKey again',
      'bins.setKey new-bin masterKey remembered',
    ])
  })

  it('lets a person overrule a refusal to switch', async () => {
    const { page } = editor
    await editor.run(({ room }) => {
      room.setBins([
        { id: 'b1', name: 'Brand', url: null, applied: true, key: 'master' },
        { id: 'b2', name: 'Spring', url: null, applied: false, key: 'master' },
      ])
      const error = Object.assign(new Error('The last edits could not be written into the bin applied so far.'), {
        code: 'unsaved',
      })
      error.name = 'BridgeError'
      room.failNext('bins.apply', error)
    })
    await page.getByRole('button', { name: 'Bins', exact: true }).click()
    await page.getByRole('button', { name: 'Apply Spring' }).click()
    await page.getByText('is no longer updated then').waitFor()
    await page.getByRole('radio', { name: /^Both are merged/ }).check()
    await page.getByRole('button', { name: 'Apply bin' }).click()
    await page.getByText('The last edits could not be written').waitFor()
    await page.getByRole('button', { name: 'Switch without them' }).click()
    await page.getByText('Spring is applied.').waitFor()
    expect(await calls()).toEqual(['bins.apply b2 union', 'bins.apply b2 union leaveUnsaved'])
  })
})

describe('the journal', () => {
  it('marks the tokens whose other value nobody decided on', async () => {
    const { page } = editor
    await editor.run(({ room }) =>
      room.setJournal([
        {
          id: 'e1',
          at: 1_700_000_000_000,
          bin: 'b1',
          summary: 'Figma plugin saved at 14:02. Kept yours for color.brand.500.',
          taken: 0,
          isSettled: false,
          values: [
            {
              id: 'kept-0',
              kind: 'kept',
              role: 'field',
              set: 'core',
              path: ['color', 'brand', '500'],
              field: ['$value'],
              text: '"#0055ff"',
              reason: 'conflict',
            },
          ],
        },
      ]),
    )
    const row = page.getByRole('row', { name: /^color\.brand\.500,/ })
    await row.getByText('other value in the journal').waitFor()
    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Journal of merges' }).click()
    await page.getByRole('button', { name: 'Use theirs for color.brand.500 in core' }).click()
    await expect
      .poll(() => editor.run(({ peer }) => peer.get('core', 'color.brand.500')))
      .toMatchObject({ $value: '#0055ff' })
    await page.getByRole('button', { name: /^Mark as dealt with/ }).click()
    await page.getByRole('button', { name: 'Close', exact: true }).click()
    await row.getByText('other value in the journal').waitFor({ state: 'detached' })
  })

  it('tells each merge, uses a value again, and takes that back', async () => {
    const { page } = editor
    await editor.run(({ room }) =>
      room.setJournal([
        {
          id: 'e1',
          at: 1_700_000_000_000,
          bin: 'b1',
          summary: 'Figma plugin saved at 14:02. Took 1 change: color.brand.500 #0055ff→#0066ff.',
          taken: 1,
          isSettled: false,
          values: [
            {
              id: 'v1',
              kind: 'replaced',
              role: 'field',
              set: 'core',
              path: ['color', 'brand', '500'],
              field: ['$value'],
              text: '"#0055ff"',
              reason: 'replaced',
            },
            {
              id: 'v2',
              kind: 'kept',
              role: 'node',
              set: 'core',
              path: ['radius', 'm'],
              field: [],
              text: null,
              reason: 'edit-beats-delete',
            },
          ],
        },
      ]),
    )
    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Journal of merges' }).click()
    await page.getByText('Figma plugin saved at 14:02.').waitFor()
    await page.getByText('radius.m in core').waitFor()
    await page.getByRole('button', { name: 'Use ours for color.brand.500 in core' }).click()
    const value = (): Promise<unknown> => editor.run(({ peer }) => peer.get('core', 'color.brand.500'))
    await expect.poll(value).toMatchObject({ $value: '#0055ff' })
    await page.getByRole('button', { name: 'Undo for color.brand.500 in core' }).click()
    await expect.poll(value).toMatchObject({ $value: '#0066ff' })
    await page.getByRole('button', { name: /^Mark as dealt with/ }).click()
    await page.getByText('Dealt with', { exact: true }).waitFor()
    await page.getByRole('button', { name: /^Take back this merge/ }).click()
    await page.getByText('1 change taken back').waitFor()
  })
})
