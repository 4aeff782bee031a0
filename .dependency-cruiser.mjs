/**
 * Who may import whom (ARCHITECTURE.md, "The house"). Each room lists the rooms it may reach; everything else is an error,
 * type imports included.
 */
const mayImport = {
  'src/payload': [],
  'src/protocol': [],
  'src/platform': [],
  'src/doc': ['src/payload'],
  'src/jsonbin': ['src/payload'],
  'src/snapshot': ['src/payload'],
  'src/storage': ['src/platform'],
  'src/room': ['src/protocol', 'src/platform'],
  'src/bridge': ['src/doc', 'src/jsonbin', 'src/payload'],
  'src/react': ['src/[^/]+\\.ts$'],
  'server/store': [],
  'server/relay': ['server/store', 'server/http', 'src/protocol'],
  'server/http': ['server/store', 'src/payload', 'src/doc', 'src/protocol'],
  'server/bins': ['src/payload'],
}

const roomRules = Object.entries(mayImport).map(([room, allowed]) => ({
  name: `${room} reaches only ${allowed.length ? allowed.join(', ') : 'itself'}`,
  severity: 'error',
  from: { path: `^${room}/` },
  to: { path: '^(src|server|cli|editor|test|bench)/', pathNot: `^(${[`${room}/`, ...allowed].join('|')})` },
}))

export default {
  forbidden: [
    { name: 'no cycle', severity: 'error', from: {}, to: { circular: true } },
    ...roomRules,
    {
      name: 'the library does not know its hosts',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(server|cli|editor|test|bench)/' },
    },
    {
      name: 'the server does not know the page',
      severity: 'error',
      from: { path: '^server/' },
      to: { path: '^(cli|editor|test|bench)/' },
    },
    {
      name: 'the page uses the library only',
      severity: 'error',
      from: { path: '^editor/' },
      to: { path: '^(server|cli|test|bench)/' },
    },
    {
      name: 'the inside of a room does not use its entry',
      severity: 'error',
      from: { path: '^((?:src|server)/[^/]+)/' },
      to: { path: '^$1/index\\.ts$' },
    },
    {
      name: 'no Node builtin in the library',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'product code uses no development dependency',
      severity: 'error',
      from: { path: '^(src|server|cli)/' },
      to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/(yjs|react|@types)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['source', 'import', 'types'] },
  },
}
