import { setTimeout as wait } from 'node:timers/promises'
import { CaseProcess } from '../process/case-process.js'
import type { PlatformWorld } from '../world/platform-world.js'
import { formOf, send } from './http-client.js'
import type { MediaServer } from './media-server.js'
import { makePicture } from './picture.js'

interface Media {
  id: string
  status: 'processing' | 'ready' | 'failed'
}

/** Pictures of 12 megapixels: more work than fits into a round, at 0.4 s of CPU or more each. */
const pictures = 14
const lookMs = 100
/** In milliseconds. By then the effects of the uploads themselves are over: only the work on pictures is to be measured. */
const settleMs = 500

/** The monolith with its workers: one API process, as in production. */
export async function startOurs({ apiScript, environment, operatorToken: token }: PlatformWorld): Promise<MediaServer> {
  const server = await CaseProcess.start({ script: apiScript, environment })
  const { url } = server
  const upload = async (file: Buffer): Promise<Media> => send(at('/v1/media'), { method: 'POST', token, ...formOf(file, 'image/jpeg') })
  const look = (id: string): Promise<Media> => send(at(`/v1/media/${id}`), { token })
  const at = (path: string): string => new URL(path, url).href
  const untilDone = async (id: string): Promise<void> => {
    for (let { status } = await look(id); status !== 'ready'; { status } = await look(id)) {
      if (status === 'failed') throw new Error('a picture of the bench failed')
      await wait(lookMs)
    }
  }
  const large = await makePicture(4_000, 3_000)
  const small = await upload(await makePicture(60, 60))
  await untilDone(small.id)
  let uploaded: Media[] = []
  return {
    url,
    token,
    helloPath: '/health/live',
    filePath: `/v1/media/${small.id}/jpeg-400`,
    startJobs: async () => {
      uploaded = []
      for (let count = 0; count < pictures; count += 1) uploaded.push(await upload(large))
      await wait(settleMs)
    },
    finishJobs: async () => {
      const states = await Promise.all(uploaded.map(({ id }) => look(id)))
      for (const { id } of uploaded) await untilDone(id)
      if (states.every(({ status }) => status === 'ready')) throw new Error('the pictures were ready before the round was over: nothing was measured')
    },
    close: () => server.stop(),
  }
}
