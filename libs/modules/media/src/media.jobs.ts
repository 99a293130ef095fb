import { availableParallelism } from 'node:os'
import { job, type JobRun, Runs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { z } from 'zod'
import { MakeRenditions } from './make-renditions-job.js'
import { RenditionMaking } from './make-renditions.js'
import { ObjectReconciliation } from './reconcile-objects.js'
import { AccountMediaRemoval, RemoveMediaOfAccount } from './remove-media-of-account.js'
import { ObjectRemoval, RemoveObjects } from './remove-objects.js'
import { UploadSweep } from './sweep-uploads.js'

const minuteMs = 60_000
/**
 * Never on all cores: even at the lowest priority, a request waits until a picture has used its time slice, and a database with its own session
 * (`sched_autogroup`) waits up to 80 ms. Measured on 2 cores, p99 of a small file at 200 requests per second: 2.8 ms without pictures, 9.4 ms with two
 * at a time, 4.8 ms with one.
 */
const picturesAtOnce = Math.min(2, Math.max(1, availableParallelism() - 1))

const SweepUploads = job('media.sweep-uploads', z.object({}), { attempts: 1 })
const ReconcileObjects = job('media.reconcile-objects', z.object({}), { attempts: 1, timeoutMs: 10 * minuteMs })

@Injectable()
export class MediaJobs {
  constructor(
    private readonly renditions: RenditionMaking,
    private readonly removal: ObjectRemoval,
    private readonly uploads: UploadSweep,
    private readonly objects: ObjectReconciliation,
    private readonly accounts: AccountMediaRemoval,
  ) {}

  /** Each running job has its own process, with one thread and up to `MEDIA_RENDER_MEMORY_MB`. */
  @Runs(MakeRenditions, { concurrency: picturesAtOnce })
  async makeRenditions({ mediaId }: { mediaId: string }, run: JobRun): Promise<void> {
    await this.renditions.make(mediaId, run)
  }

  @Runs(RemoveObjects)
  async removeObjects({ mediaId }: { mediaId: string }): Promise<void> {
    await this.removal.remove(mediaId)
  }

  @Runs(RemoveMediaOfAccount)
  async removeMediaOfAccount({ accountId }: { accountId: string }): Promise<void> {
    await this.accounts.remove(accountId)
  }

  @Runs(SweepUploads, { everyMs: 10 * minuteMs })
  async sweepUploads(): Promise<void> {
    await this.uploads.sweep()
  }

  @Runs(ReconcileObjects, { everyMs: 60 * minuteMs })
  async reconcileObjects(): Promise<void> {
    await this.objects.reconcile()
  }
}
