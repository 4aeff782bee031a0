import type { TokenForm } from '../model/token-form.ts'
import type { Panel } from './command.ts'
import type { NameQuestion } from './name-dialog.ts'

/** The dialog that is open in the editor; one at a time. */
export type DialogState =
  | {
      readonly kind: 'token'
      readonly set: string
      readonly path: readonly string[] | null
      readonly start: TokenForm | null
    }
  | { readonly kind: 'name'; readonly question: NameQuestion }
  | { readonly kind: 'panel'; readonly panel: Exclude<Panel, 'bins' | 'snapshot'> }
  | { readonly kind: 'bins'; readonly begin: 'list' | 'key' }
  | { readonly kind: 'snapshot'; readonly url: string; readonly problem: string }
  | ConfirmState

export interface ConfirmState {
  readonly kind: 'confirm'
  readonly heading: string
  readonly sentences: readonly string[]
  readonly action: string
  readonly danger: boolean
  readonly confirmed: () => void
}
