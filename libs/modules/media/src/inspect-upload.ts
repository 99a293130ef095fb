import { mediaErrors } from '@kilomega/contracts'
import type { AppError } from '@kilomega/ports'
import { ObjectStore } from '@kilomega/storage'
import { Injectable } from '@nestjs/common'
import { detectType } from './detect-type.js'
import { headBytes, measurePicture } from './measure-picture.js'
import { MediaConfig } from './media.config.js'
import { excessOf } from './picture-size.js'

/** Whether an upload in quarantine may stay, by its first bytes. */
@Injectable()
export class UploadInspection {
  constructor(
    private readonly store: ObjectStore,
    private readonly config: MediaConfig,
  ) {}

  /** Why it may not; nothing where it may. */
  async refusalOf(objectKey: string): Promise<AppError | undefined> {
    const head = await this.store.head(objectKey, headBytes)
    const type = detectType(head)
    if (type === undefined) return mediaErrors.UNSUPPORTED_MEDIA_TYPE()
    const size = measurePicture(head, type)
    const excess = size && excessOf(size, this.config)
    return excess === undefined ? undefined : mediaErrors.MEDIA_REJECTED({ reason: excess, ...size })
  }

  /** Removes the bytes of what was refused; again is no error. */
  discard(objectKey: string): Promise<void> {
    return this.store.remove(objectKey)
  }
}
