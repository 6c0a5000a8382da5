import peer
import shipped

peer.inference(shipped.load(shipped.ds_cnn()))
