import { DatabaseModule } from '@kilomega/database'
import { Module } from '@nestjs/common'
import { UploadAcceptance } from './accept-upload.js'
import { Renderer } from './drivers/renderer.js'
import { SharpRenderer } from './drivers/renderer.sharp.js'
import { UploadInspection } from './inspect-upload.js'
import { RenditionMaking } from './make-renditions.js'
import { MediaEvents } from './media.events.js'
import { MediaJobs } from './media.jobs.js'
import { MediaService } from './media.service.js'
import { ObjectReconciliation } from './reconcile-objects.js'
import { AccountMediaRemoval } from './remove-media-of-account.js'
import { ObjectRemoval } from './remove-objects.js'
import { MediaSettlement } from './settle-media.js'
import { UploadSweep } from './sweep-uploads.js'
import { Media } from './tables/media.entity.js'
import { PublishedPost } from './tables/published-post.entity.js'

const tasks = [
  UploadAcceptance,
  UploadInspection,
  RenditionMaking,
  MediaSettlement,
  ObjectRemoval,
  AccountMediaRemoval,
  UploadSweep,
  ObjectReconciliation,
]

@Module({
  imports: [DatabaseModule.forSchema('media', [Media, PublishedPost])],
  providers: [MediaService, MediaJobs, MediaEvents, ...tasks, { provide: Renderer, useClass: SharpRenderer }],
})
export class MediaModule {}
