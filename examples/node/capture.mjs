// Captures an EPCIS document and reads a twin with nothing of Countersign's:
// Fabric's own client for Node, the profile and the MSP folder that any Fabric
// network exports, and the function names and schemas of docs/contract.
//
//   node capture.mjs --profile connection.json --msp users/operator/msp \
//        --document event.jsonld --object /01/09521321123457/21/N1
import { createPrivateKey } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, TextDecoder } from 'node:util';
import * as grpc from '@grpc/grpc-js';
import { connect, hash, signers } from '@hyperledger/fabric-gateway';

const { values: option } = parseArgs({
    options: {
        profile: { type: 'string' },
        msp: { type: 'string' },
        channel: { type: 'string' },
        chaincode: { type: 'string', default: 'countersign' },
        document: { type: 'string' },
        object: { type: 'string' },
    },
});
for (const name of ['profile', 'msp', 'document', 'object']) {
    if (!option[name]) {
        console.error(`give --${name}; see the top of capture.mjs`);
        process.exit(2);
    }
}

const only = (folder) => readFileSync(join(folder, readdirSync(folder)[0]));
const decode = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

const profile = JSON.parse(readFileSync(option.profile, 'utf8'));
const organisation = profile.organizations[profile.client.organization];
const peer = profile.peers[organisation.peers[0]];
const channel = option.channel ?? Object.keys(profile.channels)[0];
// Our own TLS certificate, where peers ask for one.
const own = profile.client.tlsCerts?.client;
const keyAndCertificate = own ? [readFileSync(own.key.path), readFileSync(own.cert.path)] : [];

const connection = new grpc.Client(
    peer.url.replace(/^grpcs:\/\//, ''),
    grpc.credentials.createSsl(Buffer.from(peer.tlsCACerts.pem), ...keyAndCertificate),
    { 'grpc.ssl_target_name_override': peer.grpcOptions?.['ssl-target-name-override'] },
);
const gateway = connect({
    client: connection,
    identity: { mspId: organisation.mspid, credentials: only(join(option.msp, 'signcerts')) },
    signer: signers.newPrivateKeySigner(createPrivateKey(only(join(option.msp, 'keystore')))),
    hash: hash.sha256,
});
try {
    const network = gateway.getNetwork(channel);
    // What is large travels in the transient map; the ledger stores it once.
    const captured = await network.getContract(option.chaincode, 'shipment').submit('Capture', {
        arguments: ['{}'],
        transientData: { document: readFileSync(option.document) },
    });
    console.log('captured', JSON.stringify(decode(captured)));
    const twin = await network.getContract(option.chaincode, 'product').evaluate('Twin', {
        arguments: [JSON.stringify({ id: option.object })],
    });
    console.log('twin', JSON.stringify(decode(twin)));
} finally {
    gateway.close();
    connection.close();
}
