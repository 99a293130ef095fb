import { mediaErrors } from '@kilomega/contracts'
import type { AppError } from '@kilomega/ports'
import { ObjectStore } from '@kilomega/storage'
import { Injectable } from '@nestjs/common'
import { detectType } from './detect-type.js'
import { headBytes, measurePicture } from './measure-picture.js'
import { MediaConfig } from './media.config.js'
import { excessOf } from './picture-size.js'

/** Decides by its first bytes whether an upload in quarantine is accepted. */
@Injectable()
export class UploadInspection {
  constructor(
    private readonly store: ObjectStore,
    private readonly config: MediaConfig,
  ) {}

  /** The reason for a refusal; undefined if there is none. */
  async refusalOf(objectKey: string): Promise<AppError | undefined> {
    const head = await this.store.head(objectKey, headBytes)
    const type = detectType(head)
    if (type === undefined) return mediaErrors.UNSUPPORTED_MEDIA_TYPE()
    const size = measurePicture(head, type)
    const excess = size && excessOf(size, this.config)
    return excess === undefined ? undefined : mediaErrors.MEDIA_REJECTED({ reason: excess, ...size })
  }

  /** Removes the bytes of a refused upload; doing so twice is no error. */
  discard(objectKey: string): Promise<void> {
    return this.store.remove(objectKey)
  }
}
