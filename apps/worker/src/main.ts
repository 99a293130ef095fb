import { AnalyticsPort, ContentPort, IdentityPort, MediaPort, NotificationsPort, SearchPort } from '@kilomega/contracts'
import { bind } from '@kilomega/messaging'
import { start } from '@kilomega/process'
import { Module } from '@nestjs/common'

/** The modules of the API without its routes: runs their jobs and handles their events. */
@Module({
  imports: [
    bind(IdentityPort, () => import('@kilomega/identity')),
    bind(ContentPort, () => import('@kilomega/content')),
    bind(SearchPort, () => import('@kilomega/search')),
    bind(MediaPort, () => import('@kilomega/media')),
    bind(NotificationsPort, () => import('@kilomega/notifications')),
    bind(AnalyticsPort, () => import('@kilomega/analytics')),
  ],
})
class WorkerApp {}

void start(WorkerApp)
