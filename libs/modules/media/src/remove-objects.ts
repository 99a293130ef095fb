import { Id } from '@kilomega/contracts'
import { job } from '@kilomega/queue'
import { ObjectStore } from '@kilomega/storage'
import { Injectable } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import { Not, type Repository } from 'typeorm'
import { z } from 'zod'
import { folderOf } from './name-objects.js'
import { Media } from './tables/media.entity.js'

export const RemoveObjects = job('media.remove-objects', z.object({ mediaId: Id }))

/** Removes all objects of media that are gone or have failed. */
@Injectable()
export class ObjectRemoval {
  constructor(
    @InjectRepository(Media) private readonly media: Repository<Media>,
    private readonly store: ObjectStore,
  ) {}

  async remove(mediaId: string): Promise<void> {
    if (await this.media.existsBy({ id: mediaId, status: Not('failed') })) return
    await this.store.remove(...(await this.store.list(folderOf(mediaId))))
  }
}
