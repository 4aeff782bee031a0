import { type PluginModel, pluginPull, pluginWrite } from './plugin-emulator.ts'
import type { World } from './bridge-world.ts'

/** A designer with the plugin open: holds what it pulled, for as long as the test likes, and saves all of it. */
export interface WorldPlugin {
  readonly model: PluginModel
  pull(): void
  /** Changes what it holds, and PUTs the whole file. Its date is now, unless given. */
  save(change?: (model: PluginModel) => void, updatedAt?: string): string
}

export interface WorldPluginOptions {
  /** The spelling it writes in; that of the file by default. */
  readonly format?: PluginModel['format']
  readonly binId?: string
}

export function openPlugin(world: World, { format, binId = world.binId }: WorldPluginOptions = {}): WorldPlugin {
  let model = pluginPull(JSON.parse(world.bins.read(binId)))
  return {
    get model() {
      return model
    },
    pull: () => {
      model = pluginPull(JSON.parse(world.bins.read(binId)))
    },
    save: (change, updatedAt = new Date(world.clock.now()).toISOString()) => {
      change?.(model)
      if (format) model.format = format
      const text = pluginWrite(model, updatedAt)
      world.bins.put(text, 'plugin', binId)
      return text
    },
  }
}

/** Token files are deep; whoever edits one by hand knows what stands where. */
export interface HandFile {
  values: { [set: string]: HandNode }
  $themes: HandNode[]
  $metadata: HandNode
}

export interface HandNode {
  [key: string]: HandNode
}

/** A script or a person on the vendor's page: changes the JSON text and keeps everything else, our marker included. */
export function editByHand(world: World, change: (file: HandFile) => void): void {
  const file = JSON.parse(world.bins.read()) as HandFile
  change(file)
  world.bins.put(JSON.stringify(file), 'hand')
}
