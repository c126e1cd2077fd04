import * as grpc from "@grpc/grpc-js";
import engineRpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineProto from "@pulumi/pulumi/proto/engine_pb.js";

const severities = { info: engineProto.LogSeverity.INFO, warning: engineProto.LogSeverity.WARNING };

export interface Line {
  readonly text: string;
  readonly severity?: keyof typeof severities;
  /** Live only: not kept under Diagnostics at the end. */
  readonly ephemeral?: boolean;
}

let client: InstanceType<typeof engineRpc.EngineClient> | undefined;
const engine = () => {
  // The engine hands its address to a provider process as the first argument after the script.
  client ??= new engineRpc.EngineClient(process.argv[2] ?? "", grpc.credentials.createInsecure());
  return client;
};

let gone = false;
/** The CLI was killed: nobody hears this process any more, and nobody will end it. */
export const engineIsGone = (): boolean => gone;

/** Shows a line (or a block of lines) at the resource's row, at once, on a terminal and piped. False: the CLI is gone. */
export const say = (urn: string, line: Line): Promise<boolean> => {
  const request = new engineProto.LogRequest();
  request.setSeverity(severities[line.severity ?? "info"]);
  request.setMessage(line.text);
  request.setUrn(urn);
  request.setEphemeral(line.ephemeral ?? false);
  const deadline = new Date(Date.now() + 10_000);
  return new Promise((done) =>
    engine().log(request, new grpc.Metadata(), { deadline }, (error: unknown) => {
      gone = Boolean(error);
      done(!gone);
    }),
  );
};
