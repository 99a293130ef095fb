/** The rendering process: started by `render-process.sharp.ts` from the built files, at the lowest priority. Loads nothing but sharp and thumbhash. */
import { rmSync } from 'node:fs'
import { decodePicture, restrictSharp } from './decode-picture.sharp.js'
import { encodeRenditions } from './encode-renditions.sharp.js'
import { outOfMemoryExit, type RenderAnswer, type RenderRequest, type RenderSettings, timedOutExit } from './render-messages.js'
import { BadPicture } from './renderer.js'

/** libvips works on other threads, so this timer fires while it does. */
const checkMs = 50

const settings = JSON.parse(process.argv[2]!) as RenderSettings
const tell = (answer: RenderAnswer): void => void process.send!(answer)

/** The parent is gone: nobody wants what is being made. */
process.once('disconnect', () => {
  rmSync(settings.scratch, { recursive: true, force: true })
  process.exit()
})

/** A terminal sends these to all processes of a group; when to stop is the parent's decision. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

/** CPU time is what this picture took, on whichever threads; time on the clock says more about how busy the machine is. */
let startedAt = process.cpuUsage()
setInterval(() => {
  const { user, system } = process.cpuUsage(startedAt)
  if ((user + system) / 1_000 > settings.cpuMs) process.exit(timedOutExit)
  if (process.memoryUsage.rss() > settings.memoryMb * 1024 * 1024) process.exit(outOfMemoryExit)
}, checkMs)

restrictSharp()
process.on('message', ({ source }: RenderRequest) => void answer(source).then(tell))
tell({ kind: 'ready' })

async function answer(source: string): Promise<RenderAnswer> {
  startedAt = process.cpuUsage()
  try {
    const decoded = await decodePicture(source, settings)
    return { kind: 'made', made: await encodeRenditions(decoded, settings.scratch) }
  } catch (error) {
    return error instanceof BadPicture ? { kind: 'bad', reason: error.reason } : { kind: 'error', message: String(error) }
  }
}
