import { AnalyticsPort, ContentPort, IdentityPort, MediaPort, NotificationsPort, SearchPort } from '@kilomega/contracts'
import { Authenticator } from '@kilomega/http'
import { bind } from '@kilomega/messaging'
import { Module } from '@nestjs/common'
import { controllers } from './http/controllers.js'
import { IdentityAuthenticator } from './http/identity-authenticator.js'

/** The system on one screen: the module that answers each port. */
@Module({
  imports: [
    bind(IdentityPort, () => import('@kilomega/identity')),
    bind(ContentPort, () => import('@kilomega/content')),
    bind(SearchPort, () => import('@kilomega/search')),
    bind(MediaPort, () => import('@kilomega/media')),
    bind(NotificationsPort, () => import('@kilomega/notifications')),
    bind(AnalyticsPort, () => import('@kilomega/analytics')),
  ],
  controllers,
  providers: [{ provide: Authenticator, useClass: IdentityAuthenticator }],
})
export class ApiModule {}
