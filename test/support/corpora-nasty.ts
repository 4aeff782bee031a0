import type { CorpusFile } from './corpora.ts'

/**
 * Minified token files that break careless code: each holds one thing that some store, parser or prototype loses. All are
 * valid JSON with an object at the top; none has duplicate keys or number spellings that JSON cannot keep.
 */
export function nastyFiles(): CorpusFile[] {
  const files: CorpusFile[] = []
  const add = (name: string, text: string): void => {
    files.push({ name: `nasty: ${name}`, text })
  }
  /** A whole file around the text of one set. */
  const addSet = (name: string, setText: string): void =>
    add(name, `{"values":{"core":${setText}},"$themes":[],"$metadata":{"tokenSetOrder":["core"]}}`)
  const red = '{"$type":"color","$value":"#f00"}'

  add('empty set', '{"values":{"core":{},"b":{"t":{"$value":1}}},"$metadata":{"tokenSetOrder":["core","b"]}}')
  addSet('empty groups', `{"a":{},"b":{"c":{"d":{}}},"red":${red}}`)
  addSet('group with fields only', '{"a":{"$type":"color","$description":"d","$extensions":{"x.y":[1,{"z":null}]}}}')
  addSet('fields of a set', `{"$type":"color","$description":"a set","red":${red}}`)
  addSet('token with children', `{"a":{"$value":"1","$type":"x","kid":${red},"deep":{"kid":${red}}}}`)
  add(
    'dots, slashes and tildes in names',
    `{"values":{"a/b.c~1":{"x.y":{"p/q":${red},"~0":${red},"~1":${red},"~":${red},"~:1":${red},"~n1.abcdefgh":${red},"~u0041":${red}}},"a/b":{},"a":{}},"$metadata":{"tokenSetOrder":["a/b.c~1","a/b","a"]}}`,
  )
  addSet('empty names', `{"":{"":${red},"a":${red}},"b":{"":{"":${red}}}}`)
  add('empty set name', `{"values":{"":{"red":${red}}},"$metadata":{"tokenSetOrder":[""]}}`)
  addSet(
    'names of prototypes',
    `{"__proto__":{"constructor":${red},"__proto__":${red}},"constructor":{"prototype":${red}},"toString":${red},"hasOwnProperty":${red},"valueOf":{"a":${red}}}`,
  )
  addSet('prototype names in values', '{"a":{"$value":{"__proto__":"p","constructor":1,"toString":null},"$type":"x"}}')
  add(
    'set named __proto__',
    `{"values":{"__proto__":{"red":${red}},"x":{}},"$metadata":{"tokenSetOrder":["__proto__","x"]}}`,
  )
  addSet(
    'null, numbers, booleans',
    '{"a":{"$value":null},"b":{"$value":0},"c":{"$value":-1.5e-7},"d":{"$value":1e+21},"e":{"$value":true},"f":{"$value":false},"g":{"$value":""},"h":{"$value":9007199254740991},"i":{"$value":0.1},"j":{"$value":null,"$type":null,"$description":null}}',
  )
  addSet(
    'strings that look like others',
    '{"a":{"$value":"4"},"b":{"$value":4},"c":{"$value":"null"},"d":{"$value":"{a.b}"},"e":{"$value":"[]"}}',
  )
  addSet('unicode', '{"größe":{"日本語":{"$value":"😀"},"e\u0301":{"$value":"é"},"é":{"$value":"e\u0301"}}}')
  addSet(
    'control characters',
    '{"a\\u0000b":{"$value":"\\u0001\\u001f\\n\\t\\\\\\""},"c\\u001fd":{"$value":"\u2028\u2029\ufeff"}}',
  )
  addSet('lone surrogates', '{"\\ud800":{"$value":"\\udfff"},"x\\udc00y":{"\\ud834":{"$value":"\\ud800\\ud800"}}}')
  addSet('arrays', '{"a":{"$value":[]},"b":{"$value":[[],[[]],[{}],{}]},"c":{"$value":[1,"2",null,[3,{"z":1,"a":2}]]}}')
  addSet('key order inside arrays', '{"a":{"$value":[{"z":1,"y":2,"x":{"b":1,"a":2}},{"x":1,"y":2}],"$type":"x"}}')
  addSet(
    'key order of fields',
    '{"a":{"$type":"x","$value":1},"b":{"$value":1,"$type":"x"},"c":{"$extensions":{"b":1,"a":2},"$description":"d","$value":1,"zz":1,"aa":2}}',
  )
  addSet('value inside value', '{"a":{"$value":{"$value":{"$value":1},"value":2,"$type":"t"},"$type":"x"}}')
  addSet(
    'legacy tokens',
    '{"a":{"value":"1","type":"color","description":"d"},"b":{"value":{"fontSize":1},"type":"typography"},"c":{"value":null}}',
  )
  addSet(
    'both spellings in one set',
    '{"a":{"value":"1","type":"color"},"b":{"$value":"1","$type":"color"},"c":{"value":"1","$value":"2","type":"a","$type":"b"}}',
  )
  addSet(
    'groups named like fields',
    `{"value":{"a":${red}},"type":{"b":${red}},"description":{"c":${red}},"name":${red}}`,
  )
  addSet(
    'integer names out of order',
    `{"900":${red},"50":${red},"100":${red},"alpha":${red},"0":${red},"-1":${red},"1.5":${red},"007":${red}}`,
  )
  addSet(
    'integer names after others',
    `{"x":{"b":${red},"10":${red},"9":${red}},"y":{"$type":"c","2":${red},"1":${red}}}`,
  )
  addSet(
    'integer keys in values',
    '{"a":{"$value":{"2":"b","1":"a","x":"c","0":"z"},"$type":"x"},"b":{"$value":[{"9":1,"8":2}]}}',
  )
  addSet('object with keys 0, 1', '{"a":{"0":{"$value":0},"1":{"$value":1}},"b":{"$value":{"0":"a","1":"b"}}}')
  addSet('large array indices', `{"4294967294":${red},"4294967295":${red},"9007199254740993":${red},"3":${red}}`)
  add(
    'integer set names',
    `{"values":{"20":{"a":${red}},"10":{"a":${red}},"core":{}},"$metadata":{"tokenSetOrder":["20","10","core"]}}`,
  )
  add('integer keys at the top', `{"2":{"a":${red}},"1":{"a":${red}},"core":{"a":${red}}}`)
  addSet('depth 100', `${'{"g":'.repeat(100)}${red}${'}'.repeat(100)}`)
  addSet('deep value', `{"a":{"$value":${'['.repeat(100)}1${']'.repeat(100)}}}`)
  addSet('long text', `{"a":{"$value":"${'x'.repeat(100_000)}"}}`)
  addSet('wide group', `{${Array.from({ length: 2_000 }, (_, i) => `"t${i}":{"$value":${i}}`).join(',')}}`)
  add(
    'no values',
    `{"core":{"red":${red}},"brand/dark":{},"$themes":[],"$metadata":{"tokenSetOrder":["core","brand/dark"]}}`,
  )
  add('no values, no metadata', `{"core":{"red":${red}},"other":{"blue":${red}}}`)
  add(
    'DTCG with fields at the top',
    `{"$schema":"https://example.org/s.json","$description":"d","core":{"red":${red}},"$extensions":{"a":1}}`,
  )
  add(
    'metadata first, unknown keys',
    `{"version":"1","$metadata":{"zz":[1],"tokenSetOrder":["b","a"],"aa":{}},"updatedAt":"2020-02-02T02:02:02.000Z","values":{"b":{"t":${red}},"a":{"t":${red}}},"note":{"any":"thing"},"$themes":[]}`,
  )
  add(
    'order names unknown sets',
    `{"values":{"a":{"t":${red}},"b":{}},"$metadata":{"tokenSetOrder":["ghost","b","a"]}}`,
  )
  add('order lacks sets', `{"values":{"a":{"t":${red}},"b":{},"c":{}},"$metadata":{"tokenSetOrder":["c"]}}`)
  add('order absent', `{"values":{"b":{"t":${red}},"a":{}},"$themes":[],"$metadata":{}}`)
  add(
    'themes with every key',
    `{"values":{"core":{"t":${red}}},"$themes":[{"id":"z","name":"Z","group":"G","$figmaStyleReferences":{"a":"S:1"},"$figmaVariableReferences":{},"selectedTokenSets":{"core":"source","ghost":"disabled"},"$figmaCollectionId":"c","$figmaModeId":"1:0","extra":[null]},{"id":"a","name":"A","selectedTokenSets":{}}],"$metadata":{"tokenSetOrder":["core"]}}`,
  )
  add(
    'themes without ids',
    `{"values":{"core":{}},"$themes":[{"name":"A","selectedTokenSets":{"core":"enabled"}},{"name":"B"}],"$metadata":{}}`,
  )
  add(
    'themes with equal ids',
    `{"values":{"core":{}},"$themes":[{"id":"x","name":"A"},{"id":"x","name":"B"}],"$metadata":{}}`,
  )
  add(
    'themes with integer ids',
    `{"values":{"core":{}},"$themes":[{"id":"1","name":"A"},{"id":"0","name":"B"}],"$metadata":{}}`,
  )
  add(
    'theme ids with slashes',
    `{"values":{"core":{}},"$themes":[{"id":"a/b~","name":"A"},{"id":"__proto__","name":"B"}],"$metadata":{}}`,
  )
  return files
}
