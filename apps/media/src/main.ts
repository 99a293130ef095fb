import { MediaPort } from '@kilomega/contracts'
import { bind } from '@kilomega/messaging'
import { start } from '@kilomega/process'
import { Module } from '@nestjs/common'

@Module({ imports: [bind(MediaPort, () => import('@kilomega/media'))] })
class MediaApp {}

void start(MediaApp)
