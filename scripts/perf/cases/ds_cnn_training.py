import peer
import shipped

peer.training(shipped.load(shipped.ds_cnn()))
