import { config, numberField } from '@kilomega/config'

export abstract class MediaConfig extends config('MEDIA', {
  maxPixels: numberField({ min: 1_000_000, max: 268_000_000 })
    .default(50_000_000)
    .describe('Largest picture, width × height × frames; decoding takes up to 8 bytes of memory for each'),
  maxFrames: numberField({ min: 1, max: 1_000 }).default(100).describe('Most frames of an animation, of which the first is shown'),
  renderTimeoutMs: numberField({ min: 1_000, max: 30_000 })
    .default(30_000)
    .describe('CPU time that the renditions of one picture may take, milliseconds; on the clock twenty times that'),
  renderIdleMs: numberField({ min: 100, max: 600_000 })
    .default(10_000)
    .describe(
      'How long a picture may take at the lowest priority, milliseconds; on a machine that is busy for longer it then gets a small share of its own',
    ),
  renderMemoryMb: numberField({ min: 128, max: 8_192 }).default(512).describe('What a rendering process may use, MiB; beyond that it is ended'),
}) {}
