import { config, numberField } from '@kilomega/config'

export abstract class MediaConfig extends config('MEDIA', {
  maxPixels: numberField({ min: 1_000_000, max: 268_000_000 })
    .default(50_000_000)
    .describe('Largest picture, width × height × frames; decoding takes up to 8 bytes of memory per pixel'),
  maxFrames: numberField({ min: 1, max: 1_000 }).default(100).describe('Most frames of an animation; only the first is shown'),
  renderTimeoutMs: numberField({ min: 1_000, max: 30_000 })
    .default(30_000)
    .describe('CPU time that the renditions of one picture may take, in milliseconds; the limit of elapsed time is twenty times that'),
  renderIdleMs: numberField({ min: 100, max: 600_000 })
    .default(10_000)
    .describe(
      'How long a picture may take at the lowest priority, in milliseconds; if the machine is busy for longer, it then gets a small share of the CPU',
    ),
  renderMemoryMb: numberField({ min: 128, max: 8_192 })
    .default(512)
    .describe('Memory that a rendering process may use, in MiB; beyond that it is ended'),
}) {}
