import { Database } from '@kilomega/database'
import { Signals } from '@kilomega/observability'
import { AppError } from '@kilomega/ports'
import { ObjectStore } from '@kilomega/storage'
import { Injectable } from '@nestjs/common'
import { BadPicture, type Rendered, Renderer, RendererDied } from './drivers/renderer.js'
import { RendererEnded } from './media.signals.js'
import { originalKey, renditionKey } from './name-objects.js'
import { MediaSettlement } from './settle-media.js'

/** A picture that ends its renderer this often is given up: once may be chance, three times means that the picture is the cause. */
const maxDeaths = 3

const selectUnfinished = `SELECT upload_key AS "uploadKey" FROM media.media WHERE id = $1 AND status = 'processing'`
const countDeath = 'UPDATE media.media SET renderer_deaths = renderer_deaths + 1 WHERE id = $1 RETURNING renderer_deaths AS deaths'

/**
 * The work of the job: moves the upload out of quarantine, renders it, stores the results, settles the row. Every step can be repeated after a crash,
 * because the same picture gives the same bytes under the same keys.
 */
@Injectable()
export class RenditionMaking {
  constructor(
    private readonly database: Database,
    private readonly store: ObjectStore,
    private readonly renderer: Renderer,
    private readonly settlement: MediaSettlement,
    private readonly signals: Signals,
  ) {}

  /** Rejects if another attempt may succeed. */
  async make(mediaId: string, { lastAttempt }: { lastAttempt: boolean }): Promise<void> {
    const [media] = await this.database.read((queryable) => queryable.query<{ uploadKey: string }>(selectUnfinished, [mediaId]))
    if (media === undefined) return
    try {
      await this.takeOutOfQuarantine(media.uploadKey, mediaId)
      await this.store.asFile(originalKey(mediaId), (path) => this.renderer.render(path, (rendered) => this.keep(mediaId, rendered)))
    } catch (error) {
      const reason = (await this.reasonToFail(mediaId, error)) ?? (lastAttempt ? 'GAVE_UP' : undefined)
      if (reason === undefined) throw error
      await this.settlement.failed(mediaId, 'processing', reason)
    }
  }

  /** An earlier attempt may have moved it already. */
  private async takeOutOfQuarantine(uploadKey: string, mediaId: string): Promise<void> {
    await this.store.move(uploadKey, originalKey(mediaId)).catch((error: unknown) => {
      if (!isMissing(error)) throw error
    })
  }

  private async keep(mediaId: string, rendered: Rendered): Promise<void> {
    for (const file of rendered.files) await this.store.putFile(renditionKey(mediaId, file), file.path)
    await this.settlement.ready(mediaId, rendered)
  }

  private async reasonToFail(mediaId: string, error: unknown): Promise<string | undefined> {
    if (error instanceof BadPicture) return error.reason
    if (isMissing(error)) return 'ORIGINAL_MISSING'
    if (!(error instanceof RendererDied)) return undefined
    const [media] = await this.database.write((transaction) => transaction.query<{ deaths: number }>(countDeath, [mediaId]))
    this.signals.emit(RendererEnded, { mediaId, reason: error.reason, deaths: media?.deaths }, error)
    return (media?.deaths ?? 0) >= maxDeaths ? error.reason : undefined
  }
}

const isMissing = (error: unknown): boolean => error instanceof AppError && error.code === 'OBJECT_MISSING'
