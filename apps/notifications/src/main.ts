import { IdentityPort, NotificationsPort } from '@kilomega/contracts'
import { bind } from '@kilomega/messaging'
import { start } from '@kilomega/process'
import { Module } from '@nestjs/common'

@Module({ imports: [bind(NotificationsPort, () => import('@kilomega/notifications')), bind(IdentityPort)] })
class NotificationsApp {}

void start(NotificationsApp)
