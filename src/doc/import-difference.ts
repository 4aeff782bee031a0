import type { TokenFile } from '../payload/file-form.ts'
import type { Editing } from './editing.ts'
export function writeFile(_editing: Editing, _file: TokenFile, _mode: 'replace' | 'merge'): void {
  throw new Error('todo')
}
