import { join } from 'node:path'
import { CaseProcess } from '../process/case-process.js'
import { send } from './http-client.js'
import type { MediaServer } from './media-server.js'

/** Long enough for all four to be decoding. */
const underWayMs = 300

export async function startPeer(): Promise<MediaServer> {
  const server = await CaseProcess.start({ script: join(import.meta.dirname, 'in-process-media.js') })
  const { url } = server
  return {
    url,
    helloPath: '/hello',
    filePath: '/file',
    startJobs: async () => {
      await send(new URL('/begin', url).href, { method: 'POST' })
      await new Promise((resolve) => setTimeout(resolve, underWayMs))
    },
    finishJobs: () => send(new URL('/end', url).href, { method: 'POST' }),
    close: () => server.stop(),
  }
}
