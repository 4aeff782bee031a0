/** The relay in a process of its own, on the data folder given, with its durable store. */
import { createRelay } from '../server/relay/index.ts'
import { answerBench } from './relay-process.ts'

const relay = await createRelay({ port: 0, dataDir: process.argv[2] as string })
answerBench(relay.url)
