/** The rendering process: started by `render-process.sharp.ts` from the built files, at the lowest priority. Loads only sharp and thumbhash. */
import { rmSync } from 'node:fs'
import { decodePicture, restrictSharp } from './decode-picture.sharp.js'
import { encodeRenditions } from './encode-renditions.sharp.js'
import { outOfMemoryExit, type RenderAnswer, type RenderRequest, type RenderSettings, timedOutExit } from './render-messages.js'
import { BadPicture } from './renderer.js'

/** libvips works on other threads, so this timer fires even while it is busy. */
const checkMs = 50

const settings = JSON.parse(process.argv[2]!) as RenderSettings
const send = (answer: RenderAnswer): void => void process.send!(answer)

/** The parent has gone: the result is of no use any more. */
process.once('disconnect', () => {
  rmSync(settings.scratch, { recursive: true, force: true })
  process.exit()
})

/** A terminal sends these to all processes of a group; only the parent decides when to stop. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

/** CPU time is the cost of this picture over all threads; elapsed time depends more on how busy the machine is. */
let startedAt = process.cpuUsage()
setInterval(() => {
  const { user, system } = process.cpuUsage(startedAt)
  if ((user + system) / 1_000 > settings.cpuMs) process.exit(timedOutExit)
  if (process.memoryUsage.rss() > settings.memoryMb * 1024 * 1024) process.exit(outOfMemoryExit)
}, checkMs)

restrictSharp()
process.on('message', ({ source }: RenderRequest) => void answer(source).then(send))
send({ kind: 'ready' })

async function answer(source: string): Promise<RenderAnswer> {
  startedAt = process.cpuUsage()
  try {
    const decoded = await decodePicture(source, settings)
    return { kind: 'made', made: await encodeRenditions(decoded, settings.scratch) }
  } catch (error) {
    return error instanceof BadPicture ? { kind: 'bad', reason: error.reason } : { kind: 'error', message: String(error) }
  }
}
