import { bindings } from '@kilomega/bindings'
import { start } from '@kilomega/process'
import { Module } from '@nestjs/common'

/** The modules of the API without its routes: does their jobs and hears what they hear. */
@Module({ imports: bindings })
class WorkerApp {}

void start(WorkerApp)
