// Nest on Express, Nest's default, with nothing on top.
import 'reflect-metadata'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express'
import { tellReady } from '../process/tell-ready.js'
import { HelloController } from './hello.controller.js'

@Module({ controllers: [HelloController] })
class App {}

const app = await NestFactory.create<NestExpressApplication>(App, new ExpressAdapter(), { logger: false })
await app.listen(0, '127.0.0.1')
tellReady({ public: await app.getUrl() })
