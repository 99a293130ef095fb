import { Database } from '@kilomega/database'
import { ObjectStore } from '@kilomega/storage'
import { Injectable } from '@nestjs/common'
import { folderOf } from './name-objects.js'

const selectNeeded = `SELECT id FROM media.media WHERE id = $1 AND status <> 'failed'`

/** Removes all objects of media that are gone or have failed. */
@Injectable()
export class ObjectRemoval {
  constructor(
    private readonly database: Database,
    private readonly store: ObjectStore,
  ) {}

  async remove(mediaId: string): Promise<void> {
    const needed = await this.database.read((queryable) => queryable.query(selectNeeded, [mediaId]))
    if (needed.length > 0) return
    await this.store.remove(...(await this.store.list(folderOf(mediaId))))
  }
}
