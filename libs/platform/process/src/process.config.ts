import { config, numberField } from '@kilomega/config'

export abstract class ProcessConfig extends config('PROCESS', {
  stopTimeoutMs: numberField({ min: 1_000, max: 300_000 })
    .default(25_000)
    .describe('What stopping may take in all, milliseconds: below the 30 s after which orchestrators kill'),
}) {}
