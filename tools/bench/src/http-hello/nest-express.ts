// Nest on Express, its default, with nothing else.
import 'reflect-metadata'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express'
import { reportReady } from '../process/report-ready.js'
import { HelloController } from './hello.controller.js'

@Module({ controllers: [HelloController] })
class App {}

const app = await NestFactory.create<NestExpressApplication>(App, new ExpressAdapter(), { logger: false })
await app.listen(0, '127.0.0.1')
reportReady({ public: await app.getUrl() })
