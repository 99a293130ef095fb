// A process that does the jobs of the crew. Tests kill it.
import { bind } from '@kilomega/messaging'
import { start } from '@kilomega/process'
import { Module } from '@nestjs/common'
import { crew, CrewPort } from './crew.js'

@Module({ imports: [bind(CrewPort, async () => ({ implementation: crew }))] })
class CrewApp {}

void start(CrewApp)
