import * as z from 'zod'

/**
 * What the Tokens Studio plugin (2.11.10) accepts when it reads a bin, in the terms of its own zod schemas. Written apart
 * from `src/payload`, so that the two can disagree.
 */
const legacyToken = z.looseObject({
  value: z.unknown().optional(),
  type: z.string(),
  description: z.string().optional(),
})
const dtcgToken = z.looseObject({
  $value: z.unknown().optional(),
  $type: z.string(),
  $description: z.string().optional(),
})
const tokensMap: z.ZodType<unknown> = z.lazy(() => z.record(z.string(), z.union([legacyToken, dtcgToken, tokensMap])))
const references = z.record(z.string(), z.string()).optional()
const theme = z.object({
  id: z.string(),
  name: z.string(),
  group: z.string().optional(),
  selectedTokenSets: z.record(z.string(), z.enum(['enabled', 'disabled', 'source'])),
  $figmaStyleReferences: references,
  $figmaVariableReferences: references,
  $figmaCollectionId: z.string().optional(),
  $figmaModeId: z.string().optional(),
})

export interface PluginTheme {
  readonly id: string
  readonly name: string
  readonly selectedTokenSets: Readonly<Record<string, string>>
  readonly [key: string]: unknown
}

export interface PluginFile {
  readonly values: Readonly<Record<string, unknown>>
  readonly $themes?: readonly PluginTheme[] | undefined
  readonly $metadata?: { readonly version?: string; readonly updatedAt?: string } | undefined
  readonly version?: string | undefined
  readonly updatedAt?: string | undefined
}

/** Unknown keys of the file, of `$metadata` and of themes are stripped. */
export const pluginFileSchema: z.ZodType<PluginFile> = z.object({
  values: z.record(z.string(), tokensMap),
  $themes: z.array(theme).optional(),
  $metadata: z
    .object({
      tokenSetOrder: z.array(z.string()).optional(),
      version: z.string().optional(),
      updatedAt: z.string().optional(),
    })
    .optional(),
  version: z.string().optional(),
  updatedAt: z.string().optional(),
}) as z.ZodType<PluginFile>
