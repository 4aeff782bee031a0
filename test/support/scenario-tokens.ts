/**
 * A small file with everything that makes merging hard: both spellings, a token without type, a dotted key, a group
 * description that the plugin must not see, a composite value, themes.
 */
export const worldFile: string = JSON.stringify({
  values: {
    core: {
      color: {
        $description: 'never shown to the plugin',
        red: { $type: 'color', $value: '#f00' },
        blue: { type: 'color', value: '#00f' },
        green: { $type: 'color', $value: '#0f0', $description: 'grass' },
      },
      space: {
        s: { $value: '4px' },
        m: { $type: 'dimension', $value: '8px' },
        'x.l': { $type: 'dimension', $value: '32px' },
      },
    },
    theme: {
      btn: { bg: { $type: 'color', $value: '{color.red}' }, fg: { $type: 'color', $value: '#fff' } },
      typo: { h1: { $type: 'typography', $value: { fontSize: '32px', lineHeight: '1.2', fontWeight: '700' } } },
    },
    extra: { z: { $type: 'number', $value: '1' } },
  },
  $themes: [
    { id: 'light', name: 'Light', selectedTokenSets: { core: 'source', theme: 'enabled' } },
    { id: 'dark', name: 'Dark', group: 'Mode', selectedTokenSets: { core: 'source', extra: 'enabled' } },
  ],
  $metadata: { tokenSetOrder: ['core', 'theme', 'extra'], version: '2.11.10', updatedAt: '2025-06-01T00:00:00.000Z' },
})
