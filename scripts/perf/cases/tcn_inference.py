import peer
import tcn

peer.inference(tcn.load)
