import { Signals } from '@kilomega/observability'
import { AppError } from '@kilomega/ports'
import { ObjectStore } from '@kilomega/storage'
import { Injectable } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import type { Repository } from 'typeorm'
import { BadPicture, type Rendered, Renderer, RendererDied } from './drivers/renderer.js'
import { RendererEnded } from './media.signals.js'
import { originalKey, renditionKey } from './name-objects.js'
import { MediaSettlement } from './settle-media.js'
import { Media } from './tables/media.entity.js'

/** A picture that ends its renderer this often is given up: once may be chance, three times means that the picture is the cause. */
const maxDeaths = 3

/**
 * The work of the job: moves the upload out of quarantine, renders it, stores the results, settles the row. Every step can be repeated after a crash,
 * because the same picture gives the same bytes under the same keys.
 */
@Injectable()
export class RenditionMaking {
  constructor(
    @InjectRepository(Media) private readonly media: Repository<Media>,
    private readonly store: ObjectStore,
    private readonly renderer: Renderer,
    private readonly settlement: MediaSettlement,
    private readonly signals: Signals,
  ) {}

  /** Rejects if another attempt may succeed. */
  async make(mediaId: string, { lastAttempt }: { lastAttempt: boolean }): Promise<void> {
    const media = await this.media.findOne({ select: { uploadKey: true }, where: { id: mediaId, status: 'processing' } })
    if (media === null) return
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
    const deaths = await this.settlement.countDeath(mediaId)
    this.signals.emit(RendererEnded, { mediaId, reason: error.reason, deaths }, error)
    return (deaths ?? 0) >= maxDeaths ? error.reason : undefined
  }
}

const isMissing = (error: unknown): boolean => error instanceof AppError && error.code === 'OBJECT_MISSING'
