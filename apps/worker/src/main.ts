import { bindings } from '@kilomega/bindings'
import { start } from '@kilomega/process'
import { Module } from '@nestjs/common'

/** The modules of the API without its routes: runs their jobs and handles their events. */
@Module({ imports: bindings })
class WorkerApp {}

void start(WorkerApp)
