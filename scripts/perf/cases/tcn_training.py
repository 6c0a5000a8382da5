import peer
import tcn

peer.training(tcn.load)
