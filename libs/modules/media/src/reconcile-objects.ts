import { Signals } from '@kilomega/observability'
import { ObjectStore } from '@kilomega/storage'
import { Injectable } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import { Between, type Repository } from 'typeorm'
import { ObjectsReconciled } from './media.signals.js'
import { folderOf, mediaFolder, mediaIdOf, originalKey, renditionKey } from './name-objects.js'
import { MediaSettlement } from './settle-media.js'
import { Media } from './tables/media.entity.js'

type Row = Pick<Media, 'id' | 'status' | 'renditions'>

/** A part of the key space: after `after`, up to and including `last`. */
interface Page {
  after: string
  last: string
  keys: string[]
}

/** Greater than any key below the folder. */
const end = `${mediaFolder}~`
const firstId = '00000000-0000-0000-0000-000000000000'
const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/**
 * Compares all objects with all rows, in both directions: objects that no row needs are removed, ready media that lost an object become failed. A row
 * exists before the first object of its folder, so an object that was listed before the rows were read and has none is an orphan, whatever its age.
 */
@Injectable()
export class ObjectReconciliation {
  constructor(
    @InjectRepository(Media) private readonly media: Repository<Media>,
    private readonly store: ObjectStore,
    private readonly settlement: MediaSettlement,
    private readonly signals: Signals,
  ) {}

  async reconcile(): Promise<void> {
    if (!(await this.haveBothSides())) return
    let after = mediaFolder
    for await (const keys of this.store.pages(mediaFolder)) {
      const last = keys.at(-1)!
      await this.comparePage({ after, last, keys })
      after = last
    }
    await this.comparePage({ after, last: end, keys: [] })
  }

  /** No objects at all means a volume that is not mounted, no rows at all a wrong database: neither is a reason to delete everything. */
  private async haveBothSides(): Promise<boolean> {
    return (await this.media.exists()) && (await this.store.list(mediaFolder)).length > 0
  }

  private async comparePage({ after, last, keys }: Page): Promise<void> {
    const rows = await this.rowsBetween(mediaIdOf(after) || firstId, last === end ? lastId : mediaIdOf(last))
    const byId = new Map(rows.map((row) => [row.id, row]))
    const orphans = keys.filter((key) => !isWanted(key, byId.get(mediaIdOf(key))))
    await this.store.remove(...orphans)
    const found = new Set(keys)
    const incomplete = rows.filter((row) => needed(row).some((key) => key > after && key <= last && !found.has(key)))
    for (const row of incomplete) await this.failIfIncomplete(row)
    if (orphans.length + incomplete.length > 0) this.signals.emit(ObjectsReconciled, { removed: orphans.length, incomplete: incomplete.length })
  }

  /** UUIDs sort like the keys that start with them. */
  private rowsBetween(first: string, last: string): Promise<Row[]> {
    return this.media.find({ select: { id: true, status: true, renditions: true }, where: { id: Between(first, last) } })
  }

  /** Checks again, because the objects may have been stored between the list and the row. */
  private async failIfIncomplete(row: Row): Promise<void> {
    const found = new Set(await this.store.list(folderOf(row.id)))
    if (needed(row).some((key) => !found.has(key))) await this.settlement.failed(row.id, 'ready', 'OBJECT_LOST')
  }
}

function isWanted(key: string, row: Row | undefined): boolean {
  if (row === undefined || row.status === 'failed') return false
  return row.status === 'processing' || key === originalKey(row.id) || needed(row).includes(key)
}

/** The original is not among them: viewers do not need it. */
const needed = ({ id, status, renditions }: Row): string[] => (status === 'ready' ? renditions.map((rendition) => renditionKey(id, rendition)) : [])
